import type { Branch } from '../documents/branch.ts';
import type { Place } from '../documents/commit.ts';
import type { CommitSha } from '../names/commit-sha.ts';
import { isReachable, type Ordered, type Relation } from '../order/relations.ts';

/** The part of a push that decides the branch's order. */
export type HeadMove = {
  readonly before: CommitSha;
  readonly after: CommitSha;
  readonly forced: boolean;
  /** How many commits it brought, where the sender told. */
  readonly size?: number;
};

/** What the forge says of a push that leaves a doubt. */
export type ForgeFacts = {
  /** The pushed commit, seen from the head that we know. */
  readonly toKnownHead: Ordered;
  /** The pushed commit and our head, each seen from the head that the forge has now. */
  readonly toForgeHead: Relation;
  readonly knownToForgeHead: Relation;
};

export type PushVerdict =
  /** The branch's first push, its next head, or the first head of a rewritten history. */
  | { readonly kind: 'first' | 'advanced' | 'rewritten'; readonly place: Place }
  /** The head we have already; a push that others have overtaken; one whose history was given up since. */
  | { readonly kind: 'same' | 'late' | 'abandoned' }
  /** The forge could not tell yet. */
  | { readonly kind: 'unknown' };

/** Whether the push alone does not tell its place, so that the forge has to be asked once. */
export function leavesDoubt(branch: Branch | undefined, push: HeadMove): boolean {
  if (branch === undefined || branch.head === push.after) return false;
  return push.forced || branch.head !== push.before;
}

/**
 * What a push means for the order of its branch. Deliveries may be late, doubled or out of order, so whenever
 * the push does not stand exactly on the head that we know, the forge's present history decides.
 */
export function judgePush(branch: Branch | undefined, push: HeadMove, facts?: ForgeFacts): PushVerdict {
  if (branch === undefined) return { kind: 'first', place: { epoch: 1, place: 1 } };
  if (branch.head === push.after) return { kind: 'same' };
  if (!leavesDoubt(branch, push)) return advance(branch, push.size);
  if (facts === undefined || !isComplete(facts)) return { kind: 'unknown' };
  if (facts.toKnownHead.relation === 'newer') return advance(branch, facts.toKnownHead.distance);
  if (isReachable(facts.knownToForgeHead)) return { kind: 'late' };
  if (!isReachable(facts.toForgeHead)) return { kind: 'abandoned' };
  return { kind: 'rewritten', place: { epoch: branch.epoch + 1, place: 1 } };
}

/** Places count commits, so that their difference tells how far apart two heads are. */
function advance({ epoch, place }: Branch, commits = 1): PushVerdict {
  return { kind: 'advanced', place: { epoch, place: place + Math.max(1, commits) } };
}

function isComplete(facts: ForgeFacts): boolean {
  const answers = [facts.toKnownHead.relation, facts.toForgeHead, facts.knownToForgeHead];
  return !answers.includes('unknown');
}
