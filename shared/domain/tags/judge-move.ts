import { instant, isClaimed } from '../claims.ts';
import type { Move } from '../documents/move.ts';
import type { Candidate, Standing, Tag } from '../documents/tag.ts';
import type { Claim } from '../documents/waiting.ts';
import { dueOfTag, record } from './judge-tag.ts';

export type MoveVerdict =
  | { readonly kind: 'move'; readonly tag: Tag; readonly to: Standing }
  | { readonly kind: 'leave' };

/** Whether somebody should move the tag in the registry now; if so it is claimed, and the digest noted as ours. */
export function judgeMove(tag: Tag | undefined, claim: Claim, now: number): MoveVerdict {
  if (tag?.wanted === undefined || tag.wanted.digest === tag.observed?.digest) return { kind: 'leave' };
  if (tag.hold !== undefined || isClaimed(tag, now)) return { kind: 'leave' };
  const attempted = [...new Set([...tag.attempted, tag.wanted.digest])];
  return { kind: 'move', to: tag.wanted, tag: { ...tag, attempted, claim, due: claim.until } };
}

/** Who holds a tag that was found on an image nobody knows. */
export const REGISTRY = 'the registry';

/** What the registry was seen to hold when the act ended. */
export function recordMoved(
  tag: Tag,
  to: Standing,
  { by, now }: { by: string; now: number },
): { tag: Tag; move?: Move } {
  if (tag.claim?.by !== by) return { tag };
  const observed = { ...to, at: instant(now) };
  const from =
    tag.observed === undefined ? undefined : { commit: tag.observed.commit, digest: tag.observed.digest };
  const done = { ...tag, observed, attempted: [], claim: undefined, attempts: 0, lastError: undefined };
  const entry = record(done, {
    at: instant(now),
    verdict: 'moved',
    from,
    to: { commit: to.commit, digest: to.digest },
    reason: from === undefined ? `${tag.tag} was set for the first time` : `${tag.tag} moved forward`,
  });
  return { tag: { ...entry.tag, due: dueOfTag(entry.tag, now) }, move: entry.move };
}

/**
 * Somebody else moved the tag. To an image whose commit is known: that is their word, and what was wanted meanwhile
 * is judged again against it. To any other: the tag waits, since nobody can tell which way is forward from there.
 */
export function recordForeign(
  tag: Tag,
  found: {
    readonly digest: string;
    readonly commit?: string | undefined;
    readonly startedAt?: string | undefined;
  },
  now: number,
): { tag: Tag; move: Move } {
  const at = instant(now);
  const from =
    tag.observed === undefined ? undefined : { commit: tag.observed.commit, digest: tag.observed.digest };
  const to = { commit: found.commit, digest: found.digest };
  if (found.commit === undefined) {
    const reason = `somebody moved ${tag.tag} to an image that no build is known of; point it at a known one to go on`;
    const hold = { by: REGISTRY, why: reason, since: at };
    return record(
      { ...tag, hold, claim: undefined, due: undefined },
      { at, verdict: 'waiting', from, to, reason },
    );
  }
  const standing = { ...found, at };
  const pending = tag.wanted?.digest === tag.observed?.digest ? undefined : tag.wanted;
  const displaced = pending?.commit === undefined ? [] : [{ ...pending, commit: pending.commit }];
  const taken: Tag = {
    ...tag,
    candidates: [...tag.candidates, ...displaced].map(unjudged),
    wanted: standing,
    observed: standing,
    attempted: [],
    hold: undefined,
    claim: undefined,
  };
  const entry = record(taken, {
    at,
    verdict: 'moved',
    from,
    to,
    reason: `somebody moved ${tag.tag} outside headway`,
  });
  return { ...entry, tag: { ...entry.tag, due: dueOfTag(entry.tag, now) } };
}

/** Whether headway itself may have put the digest there. */
export function isOurs(tag: Tag, digest: string): boolean {
  return digest === tag.observed?.digest || digest === tag.wanted?.digest || tag.attempted.includes(digest);
}

function unjudged({ commit, digest, startedAt }: Candidate): Candidate {
  return { commit, digest, startedAt };
}
