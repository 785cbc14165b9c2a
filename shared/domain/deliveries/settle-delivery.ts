import { instant } from '../claims.ts';
import type { Delivery } from '../documents/delivery.ts';

export type Outcome = { readonly status: 'done' | 'ignored' | 'failed'; readonly outcome: string };

/** The delivery with what came of it; nothing is due any more. */
export function settleDelivery(delivery: Delivery, { status, outcome }: Outcome, now: number): Delivery {
  return {
    ...delivery,
    status,
    outcome,
    settledAt: instant(now),
    due: undefined,
    claim: undefined,
    attempts: 0,
    lastError: status === 'failed' ? delivery.lastError : undefined,
  };
}
