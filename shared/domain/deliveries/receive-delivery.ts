import type { Delivery } from '../documents/delivery.ts';
import { replayDelivery } from './replay-delivery.ts';

export type Received =
  | {
      readonly kind: 'stored' | 'driven again' | 'still waiting' | 'ignored again';
      readonly delivery: Delivery;
    }
  /** Another payload has the id already: not a repeat, so it needs an id of its own. */
  | { readonly kind: 'id taken' };

/**
 * What becomes of a delivery that just came. Sending one again is how people ask for it to be done again, and a
 * builder that rebuilds a commit sends the same bytes; handlers are idempotent, so it is driven again unless it
 * is still waiting.
 */
export function receiveDelivery(known: Delivery | undefined, arrived: Delivery): Received {
  if (known === undefined) return { kind: 'stored', delivery: arrived };
  if (known.body !== arrived.body || known.event !== arrived.event) return { kind: 'id taken' };
  const repeated = { ...known, repeats: known.repeats + 1 };
  if (known.status === 'waiting') return { kind: 'still waiting', delivery: repeated };
  if (arrived.status === 'ignored') return { kind: 'ignored again', delivery: repeated };
  const again = replayDelivery(repeated, arrived.receivedAt);
  return { kind: 'driven again', delivery: { ...again, expireAt: arrived.expireAt } };
}
