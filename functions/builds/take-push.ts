import {
  followedBranch,
  imagesOfRepo,
  tagsOfImage,
  trackedBranches,
} from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { type Push, parsePush } from '../../shared/domain/deliveries/parse-push.ts';
import { sameRepoUrl } from '../../shared/domain/deliveries/repo-url.ts';
import { type Outcome, settleDelivery } from '../../shared/domain/deliveries/settle-delivery.ts';
import type { Branch } from '../../shared/domain/documents/branch.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import { type ForgeFacts, leavesDoubt } from '../../shared/domain/pushes/judge-push.ts';
import { recordPush } from '../../shared/domain/pushes/record-push.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hint, Hints, Listener } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { branches, builds, commits, deliveries, tags } from '../../shared/records/collections.ts';
import type { CommitOrder } from '../../shared/records/commit-order.ts';
import { put, type Records, refByKey, refTo } from '../../shared/records/records.ts';

export type TakePush = {
  readonly records: Records;
  readonly hints: Hints;
  readonly forge: Forge;
  readonly order: CommitOrder;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
};

/** Turns a stored push into a place on its branch and the builds that it asks for. */
export function createTakePush(its: TakePush): Listener {
  const { records, configuration, clock, log } = its;

  return async function takePush(hint) {
    const delivery = await records.get(refByKey(deliveries, hint.key));
    if (delivery === undefined || delivery.status !== 'waiting') return;
    const push = parsePush(delivery.kind, delivery.body);
    const repo = repoOf(configuration, delivery, push);
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
  { records, hints, forge, order, configuration, clock }: TakePush,
  { hintKey, repo, push }: { hintKey: string; repo: string; push: Push },
): Promise<string> {
  const branchRef = refTo(branches, repo, push.name);
  const images = imagesOfRepo(configuration, repo);
  const following = images.flatMap(image =>
    tagsOfImage(configuration, image, 'headway')
      .filter(tag => followedBranch(configuration, image, tag)?.branch === push.name)
      .map(tag => refTo(tags, image, tag)),
  );
  for (;;) {
    const known = await records.get(branchRef);
    const facts = leavesDoubt(known, push) ? await askForge({ forge, order }, known, push) : undefined;
    const refs = {
      delivery: refByKey(deliveries, hintKey),
      branch: branchRef,
      commit: refTo(commits, repo, push.after),
      builds: images.map(image => refTo(builds, image, push.after)),
      tags: following,
    };
    const result = await records.transact(refs, found => {
      // The forge was asked about another head: ask again.
      if (found.branch?.head !== known?.head) return { result: undefined, writes: [] };
      const done = recordPush(found, { repo, push, images, facts, configuration, now: clock.now() });
      const writes = [
        ...(done.delivery === undefined ? [] : [put(deliveries, done.delivery)]),
        ...(done.branch === undefined ? [] : [put(branches, done.branch)]),
        ...(done.commit === undefined ? [] : [put(commits, done.commit)]),
        ...done.builds.map(build => put(builds, build)),
        ...done.tags.map(tag => put(tags, tag)),
      ];
      return { result: done, writes };
    });
    if (result === undefined) continue;
    if (result.verdict === 'unknown') {
      throw new Error(
        `Cannot place commit ${push.after} on ${repo}/${push.name}: the forge does not know it yet`,
      );
    }
    const due: Hint[] = [
      ...result.builds
        .filter(build => build.due !== undefined)
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

async function askForge(
  { forge, order }: { forge: Forge; order: CommitOrder },
  known: Branch | undefined,
  push: Push,
): Promise<ForgeFacts | undefined> {
  if (known === undefined) return undefined;
  const { repo, branch, head } = known;
  const forgeHead = await forge.head(repo, branch);
  if (forgeHead === undefined) return undefined;
  const toKnownHead = await order({ repo, a: push.after, b: head });
  const toForgeHead = (await order({ repo, a: push.after, b: forgeHead })).relation;
  const knownToForgeHead = (await order({ repo, a: head, b: forgeHead })).relation;
  return { toKnownHead, toForgeHead, knownToForgeHead };
}

function repoOf({ hooks, repos }: Configuration, delivery: Delivery, push: Push): string | undefined {
  const hook = hooks[delivery.source];
  if (hook !== undefined && 'repo' in hook && hook.repo !== undefined) return hook.repo;
  return Object.keys(repos).find(name => push.repoUrls.some(url => sameRepoUrl(url, repos[name]?.url ?? '')));
}

function reasonToIgnore(
  configuration: Configuration,
  push: Push,
  repo: string | undefined,
): string | undefined {
  if (repo === undefined) return `no repo of the configuration has the URL ${push.repoUrls[0] ?? ''}`;
  if (push.kind === 'other') return `${push.name} is neither a branch nor a tag`;
  if (push.kind === 'tag') return `tag ${push.name}: nothing follows Git tags`;
  if (push.deleted) return `branch ${push.name} was deleted`;
  if (!trackedBranches(configuration, repo).has(push.name)) return `branch ${push.name} is not followed`;
  return undefined;
}

async function settle(records: Records, delivery: Delivery, outcome: Outcome, now: number): Promise<void> {
  const ref = refTo(deliveries, delivery.source, delivery.id);
  await records.transact({ ref }, ({ ref: found }) => ({
    result: undefined,
    writes: found === undefined ? [] : [put(deliveries, settleDelivery(found, outcome, now))],
  }));
}
