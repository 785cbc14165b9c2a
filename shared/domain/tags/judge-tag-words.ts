import { instant } from '../claims.ts';
import type { Candidate, Standing, Tag } from '../documents/tag.ts';
import { backFrom } from './back-from.ts';
import { REGISTRY } from './judge-reading.ts';
import { addCandidate } from './judge-tag.ts';

/** Who says it and why. */
export type Said = { readonly by: string; readonly why: string; readonly now: number };
export type Aim = Pick<Standing, 'digest' | 'commit' | 'startedAt'>;
export type TagRuling =
  | { readonly kind: 'done'; readonly tag: Tag }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The tag goes back at once. Automation goes on with something newer than what it was taken back from, or when it is
 * released; of two rollbacks in a row the first says what is newer.
 */
export function rollBackTag(tag: Tag, to: Aim | undefined, { by, why, now }: Said): TagRuling {
  const from = tag.wanted ?? tag.observed;
  if (from === undefined) return refuse('it stands nowhere, so there is nothing to go back from');
  if (to === undefined) {
    return refuse('nothing is known to have been there before; name the commit or digest to go back to');
  }
  if (isAt(from, to)) return refuse('it is there already');
  const at = instant(now);
  const bad = tag.rolledBack ?? { ...aimOf(from), by, why, at };
  const takenBackFrom = backFrom(from, to.digest);
  const wanted = { ...aimOf(to), at, why: `${by} took it back: ${why}`, by, takenBackFrom };
  const rolledBack = tag.follows === undefined || isAt(bad, to) ? undefined : bad;
  const candidates = tag.candidates.filter(candidate => !isAt(candidate, to));
  return { kind: 'done', tag: { ...tag, wanted, rolledBack, candidates, due: at, attempts: 0 } };
}

/** The tag follows its rule again: what it was taken back from is put up once more. */
export function releaseTag(tag: Tag, { now }: Pick<Said, 'now'>): TagRuling {
  const { rolledBack: bad, ...rest } = tag;
  if (bad === undefined) return refuse('nobody took it back');
  const free: Tag = { ...rest, due: instant(now), attempts: 0 };
  const { commit, digest, startedAt } = bad;
  if (commit === undefined) return { kind: 'done', tag: free };
  return { kind: 'done', tag: addCandidate(free, { commit, digest, startedAt }, now) };
}

/** A commit that waits, since nobody but a person can tell whether it is the way forward, is taken. */
export function acceptCandidate(tag: Tag, commit: string, { by, now }: Pick<Said, 'by' | 'now'>): TagRuling {
  const waiting = tag.candidates.filter(candidate => candidate.commit === commit);
  const candidate = waiting.toSorted(byStart).at(-1);
  if (candidate === undefined) {
    const others = [...new Set(tag.candidates.map(({ commit }) => commit.slice(0, 12)))];
    const state =
      others.length === 0 ? 'no commit waits for it' : `what waits for it is ${others.join(', ')}`;
    return refuse(`it does not wait there; ${state}`);
  }
  const at = instant(now);
  const wanted = { ...aimOf(candidate), at, why: `accepted by ${by}`, by };
  return {
    kind: 'done',
    tag: {
      ...tag,
      wanted,
      rolledBack: undefined,
      hold: tag.hold?.by === REGISTRY ? undefined : tag.hold,
      candidates: tag.candidates.filter(other => other.commit !== commit),
      due: at,
      attempts: 0,
    },
  };
}

function refuse(reason: string): TagRuling {
  return { kind: 'refused', reason };
}

function aimOf({ digest, commit, startedAt }: Aim): Aim {
  return { digest, commit, startedAt };
}

function isAt(one: Aim, other: Aim): boolean {
  return one.digest === other.digest && (one.commit === other.commit || other.commit === undefined);
}

function byStart(a: Candidate, b: Candidate): number {
  return (a.startedAt ?? '') < (b.startedAt ?? '') ? -1 : 1;
}
