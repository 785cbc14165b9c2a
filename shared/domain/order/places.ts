import type { Place } from '../documents/commit.ts';
import type { Ordered } from './relations.ts';

/**
 * Two heads of one branch, compared as integers: the heads of unforced pushes are ancestors of one another, so
 * within an epoch the later place is the newer commit. Across epochs nothing follows, and nothing is answered.
 */
export function comparePlaces(a: Place | undefined, b: Place | undefined): Ordered | undefined {
  if (a === undefined || b === undefined || a.epoch !== b.epoch) return undefined;
  if (a.place === b.place) return { relation: 'same' };
  return { relation: a.place > b.place ? 'newer' : 'older', distance: Math.abs(a.place - b.place) };
}
