import { instant, isClaimed } from '../claims.ts';
import type { Move } from '../documents/move.ts';
import type { Standing, Tag } from '../documents/tag.ts';
import type { Claim } from '../documents/waiting.ts';
import { REGISTRY } from './judge-reading.ts';
import { dueOfTag, endOf, HELD_LOOK_MS, isBehind, isToldToMove, record } from './judge-tag.ts';

export type MoveVerdict =
  | { readonly kind: 'move'; readonly tag: Tag; readonly to: Standing }
  /** Nothing to do now; what is due is brought up to date where it was in the past. */
  | { readonly kind: 'leave'; readonly tag?: Tag };

/** Whether somebody should move the tag in the registry now; if so it is claimed, and the digest noted as ours. */
export function judgeMove(tag: Tag | undefined, claim: Claim, now: number): MoveVerdict {
  if (tag === undefined || isClaimed(tag, now)) return { kind: 'leave' };
  if (tag.wanted === undefined || !isBehind(tag)) return settled(tag, now);
  if (tag.hold !== undefined && !isToldToMove(tag)) return settled(tag, now);
  const attempted = [...new Set([...tag.attempted, tag.wanted.digest])];
  return { kind: 'move', to: tag.wanted, tag: { ...tag, attempted, claim, due: claim.until } };
}

/** A look that has found nothing to do must not be due for ever. */
function settled(tag: Tag, now: number): MoveVerdict {
  if (tag.due === undefined || tag.due > instant(now)) return { kind: 'leave' };
  return {
    kind: 'leave',
    tag: { ...tag, claim: undefined, due: dueOfTag({ ...tag, claim: undefined }, now) },
  };
}

/** It was claimed to be moved, and a hold was found to stand before it: it stays, and is looked at when that ends. */
export function stay(
  tag: Tag,
  { by, why, until, now }: { by: string; why: string; until: string | undefined; now: number },
): Tag {
  if (tag.claim?.by !== by) return tag;
  const look = instant(now + HELD_LOOK_MS);
  const due = until === undefined || until > look ? look : until;
  return { ...tag, claim: undefined, attempts: 0, lastError: why, due };
}

/** What the registry was seen to hold when the act ended. */
export function recordMoved(
  tag: Tag,
  to: Standing,
  { by, now }: { by: string; now: number },
): { tag: Tag; move?: Move } {
  if (tag.claim?.by !== by) return { tag };
  const { commit, digest, startedAt, why, takenBackFrom } = to;
  // A person has said where it goes on from what nobody knows.
  const hold = to.by !== undefined && tag.hold?.by === REGISTRY ? undefined : tag.hold;
  const done: Tag = {
    ...tag,
    observed: { commit, digest, startedAt, at: instant(now), takenBackFrom },
    attempted: [],
    hold,
    claim: undefined,
    attempts: 0,
    lastError: undefined,
  };
  const entry = record(done, {
    at: instant(now),
    verdict: 'moved',
    from: endOf(tag.observed),
    to: { commit, digest },
    reason: why ?? `${tag.tag} was set`,
  });
  return { tag: { ...entry.tag, due: dueOfTag(entry.tag, now) }, move: entry.move };
}
