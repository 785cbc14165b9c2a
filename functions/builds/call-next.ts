import type { Workshop } from '../../shared/ports/builder.ts';
import type { Hint, Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { type BuildsInTurn, buildsInTurn, hintOfBuild } from '../../shared/records/builds-in-turn.ts';
import { placesFor, type TakePlace } from './take-place.ts';

type CallNext = BuildsInTurn & TakePlace & { readonly hints: Hints; readonly log: Log };

/** So many that wait are looked through; who is behind them is found by the sweep. */
const MOST = 500;

/**
 * Calls those that go next where a place was left: as many as have one now, whoever waits for it, whichever process
 * turned them away. It never throws: what is not called is due all the same. Nobody waits for a builder that always has
 * places, so nothing is asked for one.
 */
export async function callNext(its: CallNext, left: Workshop): Promise<void> {
  if (!isWaitedFor(left.free())) return;
  try {
    const next = await nextAt(its, left);
    if (next.length > 0) await its.hints.publish(next);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    its.log.warn('Nobody is called to the place that was left; the sweep does that', {
      builder: left.name,
      error: message,
    });
  }
}

/** A place may be one of several builders, a pool and one of those in it, so that each has the places that it has. */
async function nextAt(its: CallNext, left: Workshop): Promise<Hint[]> {
  const free = new Map<Workshop, number>();
  const next: Hint[] = [];
  let looked = 0;
  for await (const build of buildsInTurn(its)) {
    const workshop = await placesFor(its, build);
    const places = workshop && (free.get(workshop) ?? workshop.free());
    if (workshop !== undefined && places !== undefined && isWaitedFor(places)) {
      free.set(workshop, places - 1);
      next.push(hintOfBuild(build));
    }
    looked += 1;
    if (free.get(left) === 0 || looked === MOST) break;
  }
  return next;
}

function isWaitedFor(places: number): boolean {
  return places > 0 && Number.isFinite(places);
}
