import { hasEnded } from '../domain/builds/has-ended.ts';
import { instant, isClaimed } from '../domain/claims.ts';
import { settleDelivery } from '../domain/deliveries/settle-delivery.ts';
import type { Delivery } from '../domain/documents/delivery.ts';
import { pauseAfter } from '../domain/pauses.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import { isOver } from '../domain/promotions/judge-steps.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hint, Listener, Look } from '../ports/hints.ts';
import type { Log } from '../ports/log.ts';
import {
  builds,
  type Collection,
  deliveries,
  gates,
  promotions,
  services,
  tags,
} from '../records/collections.ts';
import { put, type Records, refByKey } from '../records/records.ts';

type Boundary = {
  readonly records: Records;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: string;
  readonly redact: (text: string) => string;
};
type Waiting = Pick<Delivery, 'due' | 'claim' | 'attempts' | 'lastError'>;

/**
 * A delivery that failed so often is given up, a day after it came; its sender, or a person, can have it re-driven.
 * A registry or forge may well be away for some hours.
 */
const DELIVERY_TRIES = 150;
/** What cannot work as it is is looked at again now and then, since the world outside may be mended. */
const PERMANENT_PAUSE_MS = 10 * 60_000;

/**
 * The one catch that decides. A failure is stored on the document that wanted the look, with the time of the next
 * try, so the hint has done its work; only when that cannot be stored is the failure thrown on, for a redelivery.
 */
export function atBoundary(its: Boundary, look: Look): Listener {
  let looks = 0;
  return async hint => {
    const by = `${its.worker}-${hint.topic}-${++looks}`;
    try {
      await look(hint, by);
    } catch (error) {
      const message = its.redact(error instanceof Error ? error.message : String(error));
      const permanent = error instanceof PermanentError;
      its.log[permanent ? 'error' : 'warn']('Look failed', { ...hint, permanent, error: message });
      await postpone(its, hint, { message, permanent, by });
    }
  };
}

type Failure = { readonly message: string; readonly permanent: boolean; readonly by: string };

async function postpone(its: Boundary, hint: Hint, { message, permanent, by }: Failure): Promise<void> {
  const { records, clock } = its;
  const later = <T extends Waiting>(found: T) => {
    const attempts = found.attempts + 1;
    const pause = permanent ? PERMANENT_PAUSE_MS : pauseAfter(attempts);
    const due = instant(clock.now() + pause);
    return { ...found, attempts, lastError: message, due, claim: undefined };
  };
  // Another look's claim is left alone: its holder decides when to look again.
  const isTheirs = (found: Waiting) => isClaimed(found, clock.now()) && found.claim?.by !== by;
  const unlessTheirs = <T extends Waiting>(collection: Collection<T>, isOver = (_: T) => false) =>
    records.transact({ found: refByKey(collection, hint.key) }, ({ found }) => {
      const document = found as T | undefined;
      if (document === undefined || isTheirs(document) || isOver(document)) return nothing;
      return { result: undefined, writes: [put(collection, later(document))] };
    });
  switch (hint.collection) {
    case 'deliveries':
      return records.transact({ found: refByKey(deliveries, hint.key) }, ({ found }) => {
        if (found === undefined || found.status !== 'waiting') return nothing;
        const next = later(found);
        const over = permanent || next.attempts >= DELIVERY_TRIES;
        const outcome = { status: 'failed', outcome: message } as const;
        return {
          result: undefined,
          writes: [put(deliveries, over ? settleDelivery(next, outcome, clock.now()) : next)],
        };
      });
    case 'builds':
      return unlessTheirs(builds, hasEnded);
    case 'tags':
      return unlessTheirs(tags);
    case 'services':
      return unlessTheirs(services);
    case 'promotions':
      return unlessTheirs(promotions, isOver);
    case 'gates':
      return unlessTheirs(gates, ({ due }) => due === undefined);
    default:
      throw new PermanentError(`Cannot postpone a document of collection "${hint.collection}"`);
  }
}

const nothing = { result: undefined, writes: [] };
