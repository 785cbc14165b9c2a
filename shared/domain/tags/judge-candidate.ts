import { isLaterBuild } from '../builds/later-build.ts';
import type { Candidate, Standing } from '../documents/tag.ts';
import { shortDigest } from '../names/digest.ts';
import { isReachable, type Ordered, type Relation } from '../order/relations.ts';

/** What the order of commits says of a candidate for a tag. */
export type CandidateFacts = {
  /** The candidate's commit, seen from the commit that the tag stands on; absent when the tag stands nowhere. */
  readonly toStanding?: Ordered;
  /** The candidate's commit, seen from the head of the branch that the tag follows. */
  readonly toHead: Relation;
  /** How many commits it is behind that head, where that is known. */
  readonly behindHead?: number | undefined;
  /** The commit that the tag stands on, seen from that head. */
  readonly standingToHead?: Relation;
};

export type Names = { readonly tag: string; readonly branch: string };

export type CandidateVerdict =
  | { readonly kind: 'take'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly reason: string }
  /** A person, or a fact that is still missing, has to decide. */
  | { readonly kind: 'wait'; readonly reason: string; readonly missing: boolean }
  /** It is what the tag stands on, or nobody asked for it: nothing to say. */
  | { readonly kind: 'repeat' };

/**
 * Whether a tag that follows a branch moves to a built image. It never moves to a commit that does not descend
 * from the one it is on, nor to one that cannot be reached from the branch.
 */
export function judgeCandidate(
  names: Names,
  standing: Standing | undefined,
  candidate: Candidate,
  facts: CandidateFacts,
  onRewrite: 'wait' | 'follow' = 'wait',
): CandidateVerdict {
  if (standing?.digest === candidate.digest && standing.commit === candidate.commit)
    return { kind: 'repeat' };
  const order: Ordered = facts.toStanding ?? { relation: 'newer' };
  if (order.relation === 'same' && standing !== undefined) return judgeRebuild(names, standing, candidate);
  const givenUp = wasGivenUp(facts.standingToHead);
  if (order.relation === 'older' && !(givenUp && onRewrite === 'follow')) {
    return { kind: 'refuse', reason: `${names.tag} is ${ahead(order)}` };
  }
  if (order.relation === 'unknown' || facts.toHead === 'unknown') {
    return {
      kind: 'wait',
      missing: true,
      reason: `the order of this commit on ${names.branch} is not known`,
    };
  }
  if (!isReachable(facts.toHead))
    return { kind: 'refuse', reason: `the commit is not on branch ${names.branch}` };
  if (order.relation === 'newer') return { kind: 'take', reason: standing === undefined ? FIRST : NEWER };
  return judgeDiverged(names, facts, onRewrite);
}

function judgeRebuild({ tag }: Names, standing: Standing, candidate: Candidate): CandidateVerdict {
  const later = isLaterBuild(candidate, standing);
  if (later === undefined) {
    const reason = `another build of this commit (${shortDigest(standing.digest)}) has ${tag}, and which started later is not known`;
    return { kind: 'wait', missing: false, reason };
  }
  if (later) return { kind: 'take', reason: REBUILT };
  return { kind: 'refuse', reason: `${tag} is on a later build of the same commit` };
}

function judgeDiverged(
  { tag, branch }: Names,
  facts: CandidateFacts,
  onRewrite: 'wait' | 'follow',
): CandidateVerdict {
  if (facts.standingToHead === undefined || facts.standingToHead === 'unknown') {
    return { kind: 'wait', missing: true, reason: `the place of ${tag} on ${branch} is not known` };
  }
  if (!wasGivenUp(facts.standingToHead)) {
    const reason = `the commit and the one ${tag} is on are side by side on ${branch}; the commit that joins them will pass`;
    return { kind: 'wait', missing: false, reason };
  }
  if (onRewrite === 'follow') return { kind: 'take', reason: rewritten(branch) };
  const reason = `${rewritten(branch)} and no longer holds the commit ${tag} is on; a person must accept it`;
  return { kind: 'wait', missing: false, reason };
}

const FIRST = 'the first image of the branch';
const NEWER = 'a newer commit';
const REBUILT = 'a later build of the same commit';
const rewritten = (branch: string) => `the history of ${branch} was rewritten`;

/**
 * Why a tag goes where it is taken, from where it was observed, when it had not yet got to where it was taken before:
 * newer than a first image is still the first, and newer than a rewritten history is still a rewritten one.
 */
export function joinReasons({ branch }: Names, before: string | undefined, reason: string): string {
  if (before === undefined || before === REBUILT) return reason;
  return reason === rewritten(branch) ? reason : before;
}

/** Whether the branch's history was rewritten so that the commit can no longer be reached from it. */
function wasGivenUp(seenFromHead: Relation | undefined): boolean {
  return seenFromHead !== undefined && seenFromHead !== 'unknown' && !isReachable(seenFromHead);
}

function ahead({ distance }: Ordered): string {
  return distance === undefined ? 'ahead of this commit' : `${commits(distance)} ahead`;
}

function commits(count: number): string {
  return count === 1 ? '1 commit' : `${count} commits`;
}
