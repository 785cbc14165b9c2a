import type { StandingHold } from '../documents/hold.ts';
import type { Hold } from '../documents/tag.ts';
import { covers, endSentence, type Holdable } from './judge-holds.ts';

/** The first of the holds that are over something, as it is shown beside that; nothing where none is. */
export function shownHold(holds: readonly StandingHold[], its: Holdable): Hold | undefined {
  const found = holds.find(({ scope }) => covers(scope, its));
  if (found === undefined) return undefined;
  const { by, why, since, until } = found;
  if (until === undefined) return { by, why, since };
  if (until.kind === 'moment') return { by, why, since, until: until.at };
  return { by, why: `${why}, until ${endSentence(until)}`, since };
}
