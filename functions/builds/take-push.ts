import { hasEnded } from '../../shared/domain/builds/has-ended.ts';
import { instant } from '../../shared/domain/claims.ts';
import { followedBranch, isBuilt, tagsOfImage } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { isPullRequest } from '../../shared/domain/deliveries/parse-pull-request.ts';
import { type Push, parsePush } from '../../shared/domain/deliveries/parse-push.ts';
import { repoOfDelivery } from '../../shared/domain/deliveries/repo-of-delivery.ts';
import { type Outcome, settleDelivery } from '../../shared/domain/deliveries/settle-delivery.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import type { Stack } from '../../shared/domain/documents/stack.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { judgePush, leavesDoubt } from '../../shared/domain/pushes/judge-push.ts';
import { recordPush } from '../../shared/domain/pushes/record-push.ts';
import { owingReport } from '../../shared/domain/reports/owed-report.ts';
import { newBranchTag, newTag } from '../../shared/domain/tags/new-tag.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hint, Hints, Listener } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { branches, builds, commits, deliveries, stacks, tags } from '../../shared/records/collections.ts';
import type { CommitOrder } from '../../shared/records/commit-order.ts';
import { put, type Records, refByKey, refTo } from '../../shared/records/records.ts';
import { reportBuild } from '../../shared/records/report-build.ts';
import { askForge } from './ask-forge.ts';
import { type CommitPlan, type PlanCommit, planCommit } from './plan-commit.ts';
import { callOffPull, planPatch } from './plan-patch.ts';
import { supersedeOlder } from './supersede-older.ts';
import { createTakeGitTag } from './take-git-tag.ts';
import { createTakePull } from './take-pull.ts';

export type TakePush = PlanCommit & {
  readonly hints: Hints;
  readonly order: CommitOrder;
  readonly clock: Clock;
  readonly log: Log;
};

/** Turns a stored push into a place on its branch and the builds that it asks for. */
export function createTakePush(its: TakePush): Listener {
  const { records, configuration, clock, log } = its;
  const takeGitTag = createTakeGitTag(its);
  const takePull = createTakePull({
    ...its,
    plan: patch => planPatch(its, patch),
    callOff: pull => callOffPull(its, pull),
  });

  return async function takePush(hint) {
    const delivery = await records.get(refByKey(deliveries, hint.key));
    if (delivery === undefined || delivery.status !== 'waiting') return;
    if (isPullRequest(delivery)) return takePull(hint);
    const push = parsePush(delivery.kind, delivery.body);
    const repo = repoOfDelivery(configuration, delivery, push.repoUrls);
    if (push.kind === 'tag' && repo !== undefined) return takeGitTag({ delivery, repo, push });
    const ignored = reasonToIgnore(configuration, push, repo);
    if (ignored !== undefined || repo === undefined) {
      await settle(records, delivery, { status: 'ignored', outcome: ignored ?? '' }, clock.now());
      return;
    }
    const verdict = await place(its, { hintKey: hint.key, repo, push });
    log.info('Push settled', { repo, branch: push.name, commit: push.after, verdict });
  };
}

async function place(
  its: TakePush,
  { hintKey, repo, push }: { hintKey: string; repo: string; push: Push },
): Promise<string> {
  const { records, hints, configuration, clock } = its;
  const branchRef = refTo(branches, repo, push.name);
  for (;;) {
    const known = await records.get(branchRef);
    const facts = leavesDoubt(known, push)
      ? await askForge(its, { known, push, now: clock.now() })
      : undefined;
    const asked = { repo, commit: push.after, branch: push.name, known, message: push.head?.message };
    const isNewHead = 'place' in judgePush(known, push, facts);
    let plan = await planCommit(its, asked);
    // What was called off is built no more, so it is nothing to compare with.
    if (isNewHead && plan.wishes.length > 0 && (await supersedeOlder(its, asked))) {
      plan = await planCommit(its, asked);
    }
    const stack = isNewHead ? stackOf(its, plan, asked) : undefined;
    const images = plan.wishes.map(({ image }) => image);
    const following = images.flatMap(image => followingTags(configuration, image, asked, plan.branchTag));
    const refs = {
      delivery: refByKey(deliveries, hintKey),
      branch: branchRef,
      commit: refTo(commits, repo, push.after),
      builds: images.map(image => refTo(builds, image, push.after)),
      tags: following.map(({ image, tag }) => refTo(tags, image, tag)),
    };
    const result = await records.transact(refs, stored => {
      // The forge was asked about another head: ask again.
      if (stored.branch?.head !== known?.head) return { result: undefined, writes: [] };
      const found = { ...stored, tags: following.map((tag, i) => stored.tags[i] ?? tag) };
      const { wishes, skippedBy, branchTag } = plan;
      const input = { repo, push, wishes, skippedBy, branchTag, facts, configuration };
      const done = recordPush(found, { ...input, now: clock.now() });
      const writes = [
        ...(done.delivery === undefined ? [] : [put(deliveries, done.delivery)]),
        ...(done.branch === undefined ? [] : [put(branches, done.branch)]),
        ...(done.commit === undefined ? [] : [put(commits, done.commit)]),
        ...done.builds.map(build => put(builds, owingReport(build, configuration, clock.now()))),
        ...done.told.map(build => put(builds, build)),
        ...done.tags.map(tag => put(tags, tag)),
        ...(stack === undefined ? [] : [put(stacks, stack)]),
      ];
      return { result: done, writes };
    });
    if (result === undefined) continue;
    for (const build of result.builds.filter(hasEnded)) await reportBuild(its, build);
    if (result.verdict === 'unknown') {
      throw new Error(
        `Cannot place commit ${push.after} on ${repo}/${push.name}: the forge does not know it yet`,
      );
    }
    const due: Hint[] = [
      ...result.builds
        .filter(build => build.due !== undefined && build.due <= instant(clock.now()))
        .map(
          build =>
            ({
              topic: 'builds',
              collection: 'builds',
              key: refTo(builds, build.image, build.commit).key,
            }) as const,
        ),
      ...result.tags.map(
        tag => ({ topic: 'tags', collection: 'tags', key: refTo(tags, tag.image, tag.tag).key }) as const,
      ),
    ];
    await hints.publish(due);
    return result.verdict;
  }
}

type Head = { readonly repo: string; readonly branch: string; readonly commit: string };

/** The image's tags that follow the branch, as they are while nothing is known of them. */
function followingTags(
  configuration: Configuration,
  image: string,
  { repo, branch }: Head,
  branchTag: string | undefined,
): Tag[] {
  const followed = tagsOfImage(configuration, image, 'headway').filter(
    tag => followedBranch(configuration, image, tag)?.branch === branch,
  );
  return [
    ...followed.map(tag => newTag(configuration, image, tag)),
    ...(branchTag === undefined ? [] : [newBranchTag(image, { tag: branchTag, repo, branch })]),
  ];
}

/** What the head of the tracked branch declares is what everybody else goes by. */
function stackOf({ configuration, clock }: TakePush, { tree }: CommitPlan, head: Head): Stack | undefined {
  const { repo, branch, commit } = head;
  if (tree === undefined || configuration.repos[repo]?.branch !== branch) return undefined;
  return { repo, commit, images: Object.fromEntries(tree.recipes), at: instant(clock.now()) };
}

function reasonToIgnore(
  configuration: Configuration,
  push: Push,
  repo: string | undefined,
): string | undefined {
  if (repo === undefined) return `no repo of the configuration has the URL ${push.repoUrls[0] ?? ''}`;
  if (push.kind === 'other') return `${push.name} is neither a branch nor a tag`;
  if (push.deleted) return `branch ${push.name} was deleted`;
  if (!isBuilt(configuration, repo, push.name)) return `branch ${push.name} is not followed`;
  return undefined;
}

async function settle(records: Records, delivery: Delivery, outcome: Outcome, now: number): Promise<void> {
  const ref = refTo(deliveries, delivery.source, delivery.id);
  await records.transact({ ref }, ({ ref: found }) => ({
    result: undefined,
    writes: found === undefined ? [] : [put(deliveries, settleDelivery(found, outcome, now))],
  }));
}
