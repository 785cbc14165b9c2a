import type { Listening } from '../../shared/ports/hints.ts';
import {
  type BuildsInTurn,
  buildsInTurn,
  hintOfBuild,
  isOpen,
  priorityOf,
} from '../../shared/records/builds-in-turn.ts';
import { builds } from '../../shared/records/collections.ts';
import { refByKey } from '../../shared/records/records.ts';
import { placesFor, type TakePlace } from './take-place.ts';

/**
 * Which build goes where one has a place: the one that was hinted at, unless a more urgent one waits
 * whose builder has a place for it. Where nobody said
 * that anything is urgent, that is one quick question.
 */
export function createMostUrgent(its: BuildsInTurn & TakePlace): NonNullable<Listening['choose']> {
  return async (hint, isTaken) => {
    const hinted = await its.records.get(refByKey(builds, hint.key));
    if (hinted === undefined || !isOpen(hinted, its.clock.now())) return hint;
    if ((await placesFor(its, hinted))?.free() === 0) return hint;
    for await (const build of buildsInTurn(its, priorityOf(hinted))) {
      const other = hintOfBuild(build);
      if (!isTaken(other) && (await placesFor(its, build))?.free() !== 0) return other;
    }
    return hint;
  };
}
