import { supersede, superseded } from '../builds/supersede.ts';
import { instant } from '../claims.ts';
import { settleDelivery } from '../deliveries/settle-delivery.ts';
import type { Branch } from '../documents/branch.ts';
import type { Build } from '../documents/build.ts';
import type { Commit, Place } from '../documents/commit.ts';
import type { Delivery } from '../documents/delivery.ts';
import type { Tag } from '../documents/tag.ts';
import { addCandidate } from '../tags/judge-tag.ts';
import { judgePush, type PushVerdict } from './judge-push.ts';
import { plannedBuilds } from './planned-builds.ts';
import type { PushDocuments, PushInput } from './push-facts.ts';

/** The documents that a push changes, and the verdict on it. */
export type Recorded = {
  readonly verdict: PushVerdict['kind'];
  readonly delivery?: Delivery;
  readonly branch?: Branch;
  readonly commit?: Commit;
  /** Those that it asked for. */
  readonly builds: readonly Build[];
  /** Builds on record that learnt something of it. */
  readonly told: readonly Build[];
  readonly tags: readonly Tag[];
};

/**
 * Gives the pushed head its place, asks for its builds once, and tells the tags that follow the branch of a new head.
 * Every pushed head is built, also one whose history was given up before its push came; unless its repo has newer
 * pushes take the place of older ones. Which pushes came sooner must not decide what is on record.
 */
export function recordPush(found: PushDocuments, input: PushInput): Recorded {
  const { push, facts, now } = input;
  const verdict = judgePush(found.branch, push, facts);
  if (verdict.kind === 'unknown') return { verdict: 'unknown', builds: [], told: [], tags: [] };
  const { asked, told } = plannedBuilds(found, input);
  const builds = 'place' in verdict || verdict.kind === 'same' ? asked : overtaken(asked, found, input);
  const place = 'place' in verdict ? verdict.place : undefined;
  const branch = place === undefined ? undefined : branchAt(place, found.branch, input);
  const outcome = { status: 'done', outcome: sentence(verdict.kind, builds, input) } as const;
  return {
    verdict: verdict.kind,
    builds,
    told,
    commit: commitAt(place, found.commit, input),
    tags: branch === undefined ? [] : found.tags.flatMap(tag => wake(tag, found, input)),
    ...(branch !== undefined && { branch }),
    ...(found.delivery !== undefined && { delivery: settleDelivery(found.delivery, outcome, now) }),
  };
}

function branchAt({ epoch, place }: Place, known: Branch | undefined, its: PushInput): Branch {
  const { repo, push, wishes, now } = its;
  const planned = wishes.length > 0 ? push.after : known?.planned;
  return { repo, branch: push.name, head: push.after, epoch, place, planned, updatedAt: instant(now) };
}

function commitAt(
  place: Place | undefined,
  known: Commit | undefined,
  { repo, push, now }: PushInput,
): Commit {
  const { author, message, committedAt } = push.head ?? {};
  return {
    repo,
    sha: push.after,
    author: author ?? known?.author,
    subject: message?.split('\n', 1)[0] ?? known?.subject,
    committedAt: committedAt ?? known?.committedAt,
    pushedAt: known?.pushedAt ?? instant(now),
    places: { ...known?.places, ...(place !== undefined && { [push.name]: place }) },
  };
}

/** The builds of a push that others have overtaken are what the newer ones would have made of them. */
function overtaken(
  builds: readonly Build[],
  { branch }: PushDocuments,
  { repo, configuration, now }: PushInput,
): readonly Build[] {
  if (branch === undefined || superseded(configuration.repos[repo]?.builds).length === 0) return builds;
  return builds.map(build => supersede(build, { by: branch.head, running: true, now }) ?? build);
}

/**
 * What waits for a tag is looked at again, now that the branch has moved. The new head itself may have been built
 * before it was on this branch, and refused for that: it is put up again.
 */
function wake(tag: Tag, { builds }: PushDocuments, { push, now }: PushInput): Tag[] {
  const build = builds.find(found => found?.image === tag.image && found.tryJob === undefined);
  const { status, digest, startedAt } = build ?? {};
  const built = status === 'succeeded' && digest !== undefined;
  const asked = built ? addCandidate(tag, { commit: push.after, digest, startedAt }, now) : tag;
  return asked.candidates.length === 0 ? [] : [{ ...asked, due: instant(now), attempts: 0 }];
}

function sentence(kind: PushVerdict['kind'], builds: readonly Build[], input: PushInput): string {
  const { push, skippedBy } = input;
  const carried = builds.filter(({ carries }) => carries !== undefined).length;
  const built = builds.length - carried;
  const unchanged = carried === 0 ? '' : `, ${carried} unchanged`;
  const asked =
    skippedBy !== undefined
      ? `nothing is built, since its message says "${skippedBy}"`
      : builds.some(({ status }) => status === 'superseded')
        ? 'its builds are superseded'
        : `${built === 1 ? '1 build' : `${built} builds`} asked for${unchanged}`;
  switch (kind) {
    case 'abandoned':
      return `the history of ${push.name} was rewritten since and no longer holds this commit; ${asked}`;
    case 'late':
      return `${push.name} was ahead already; ${asked}`;
    case 'rewritten':
      return `the history of ${push.name} was rewritten; ${asked}`;
    case 'same':
      return `${push.name} was there already; ${asked}`;
    default:
      return `new head of ${push.name}; ${asked}`;
  }
}
