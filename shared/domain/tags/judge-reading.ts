import { instant } from '../claims.ts';
import type { Move } from '../documents/move.ts';
import type { Candidate, Standing, Tag } from '../documents/tag.ts';
import { shortDigest } from '../names/digest.ts';
import { backFrom } from './back-from.ts';
import { dueOfTag, endOf, isBehind, isToldToMove, record } from './judge-tag.ts';

/** What the registry was seen to hold under a tag; the commit and start of its build where they are known. */
export type Reading = {
  readonly digest: string;
  readonly commit?: string | undefined;
  readonly startedAt?: string | undefined;
};
export type Read = {
  readonly tag: Tag;
  readonly move?: Move;
  /** What its services should run is another image now. */
  readonly moved: boolean;
};

/** Who holds a tag that was found on an image nobody knows. */
export const REGISTRY = 'the registry';

/**
 * What follows from what the registry has under a tag. Where others move it, that is what its services should run;
 * where headway does, a digest that is not ours is somebody's word. Nothing (the tag is not there) is no word.
 */
export function judgeReading(tag: Tag, reading: Reading | undefined, now: number): Read {
  const read: Tag = { ...tag, look: undefined, attempts: 0, lastError: undefined };
  if (tag.follows === undefined) return readByOthers(read, reading, now);
  if (reading === undefined || tag.observed === undefined) return unmoved(read, now);
  if (!isOurs(tag, reading.digest)) return recordForeign(read, reading, now);
  return unmoved({ ...read, hold: tag.hold?.by === REGISTRY ? undefined : tag.hold }, now);
}

/** Whether headway itself may have put the digest there. */
export function isOurs(tag: Tag, digest: string): boolean {
  return digest === tag.observed?.digest || digest === tag.wanted?.digest || tag.attempted.includes(digest);
}

/**
 * Somebody else moved the tag. To an image whose commit is known: that is their word, and what was wanted meanwhile
 * is judged again against it. To any other: the tag waits, since nobody can tell which way is forward from there.
 * A person's hold stays.
 */
export function recordForeign(tag: Tag, { digest, commit, startedAt }: Reading, now: number): Read {
  const at = instant(now);
  const entry = { at, from: endOf(tag.observed), to: { commit, digest } };
  const free: Tag = { ...tag, claim: undefined };
  if (commit === undefined && !isToldToMove(tag)) {
    const reason = `somebody moved ${tag.tag} to ${shortDigest(digest)}, which no build is known of; point it at a known image to go on`;
    if (tag.hold?.why === reason) return unmoved(free, now);
    const hold = isPersons(tag.hold) ? tag.hold : { by: REGISTRY, why: reason, since: at };
    const { tag: held, move } = record({ ...free, hold }, { ...entry, verdict: 'waiting', reason });
    return { ...unmoved(held, now), move };
  }
  const standing = { digest, commit, startedAt, at };
  if (isToldToMove(tag)) return passing(free, standing, now);
  const pending = isBehind(tag) ? tag.wanted : undefined;
  const displaced = pending?.commit === undefined ? [] : [{ ...pending, commit: pending.commit }];
  const taken: Tag = {
    ...free,
    candidates: [...tag.candidates, ...displaced].map(unjudged),
    wanted: standing,
    observed: standing,
    attempted: [],
    hold: isPersons(tag.hold) ? tag.hold : undefined,
  };
  const reason = `somebody moved ${tag.tag} outside headway`;
  const { tag: recorded, move } = record(taken, { ...entry, verdict: 'moved', reason });
  return { ...unmoved(recorded, now), move, moved: true };
}

/** It was seen there on its way to where a person wants it. */
function passing(tag: Tag, standing: Standing, now: number): Read {
  const isThere = standing.digest === tag.wanted?.digest;
  const takenBackFrom = isThere ? tag.wanted?.takenBackFrom : undefined;
  const { tag: recorded, move } = record(
    { ...tag, observed: { ...standing, takenBackFrom } },
    {
      at: standing.at,
      verdict: 'moved',
      from: endOf(tag.observed),
      to: { commit: standing.commit, digest: standing.digest },
      reason: `somebody moved ${tag.tag} outside headway`,
    },
  );
  return { ...unmoved(recorded, now), move, moved: true };
}

function readByOthers(tag: Tag, reading: Reading | undefined, now: number): Read {
  const { undone, observed } = tag;
  const settled = { ...tag, undone: undefined, due: isToldToMove(tag) ? dueOfTag(tag, now) : undefined };
  if (reading === undefined) return { tag: { ...settled, undone }, moved: false };
  const { digest } = reading;
  const before = undone?.to === digest ? { digest: undone.from, at: instant(now) } : undefined;
  const takenBackFrom = before && backFrom({ ...before, takenBackFrom: observed?.takenBackFrom }, digest);
  if (digest === observed?.digest) {
    if (takenBackFrom === undefined) return { tag: settled, moved: false };
    // It was found there before the promotion could be recorded as undone.
    return { tag: { ...settled, observed: { ...observed, takenBackFrom } }, moved: true };
  }
  const at = instant(now);
  const standing = { digest, at, takenBackFrom };
  if (isToldToMove(tag)) return passing(settled, standing, now);
  const reason = `${tag.tag} was pushed to the registry`;
  const entry = {
    at,
    verdict: 'moved',
    from: endOf(tag.observed),
    to: { digest: reading.digest },
    reason,
  } as const;
  const taken = { ...settled, wanted: standing, observed: standing, due: undefined };
  return { ...record(taken, entry), moved: true };
}

function unmoved(tag: Tag, now: number): Read {
  return { tag: { ...tag, due: dueOfTag(tag, now) }, moved: false };
}

function isPersons(hold: Tag['hold']): boolean {
  return hold !== undefined && hold.by !== REGISTRY;
}

function unjudged({ commit, digest, startedAt }: Candidate): Candidate {
  return { commit, digest, startedAt };
}
