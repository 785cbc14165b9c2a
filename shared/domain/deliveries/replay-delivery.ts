import type { Delivery } from '../documents/delivery.ts';
import type { Instant } from '../documents/waiting.ts';

/** The delivery as if it had just come: waiting, and due now. Whoever is at it keeps the claim until it ends. */
export function replayDelivery(delivery: Delivery, now: Instant): Delivery {
  return {
    ...delivery,
    status: 'waiting',
    outcome: undefined,
    settledAt: undefined,
    due: now,
    attempts: 0,
    lastError: undefined,
  };
}
