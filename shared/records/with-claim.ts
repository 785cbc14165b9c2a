import { instant } from '../domain/claims.ts';
import type { Claim } from '../domain/documents/waiting.ts';
import type { Clock } from '../ports/clock.ts';
import type { Collection } from './collections.ts';
import { put, type RecordRef, type Records } from './records.ts';

export type Claimed<T> = {
  readonly records: Records;
  readonly collection: Collection<T>;
  readonly ref: RecordRef<T>;
  readonly by: string;
  /** How long one word lasts, in milliseconds; it is renewed every quarter of that. */
  readonly lasts: number;
  readonly clock: Clock;
};

/**
 * Runs a long act under a claim, renewing it all the while. The act's signal is aborted as soon as the claim has
 * passed to another, and well before it ends when it could not be renewed, so that nothing lands after it.
 */
export async function withClaim<T extends Claimable, R>(
  claimed: Claimed<T>,
  act: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const { clock, lasts } = claimed;
  const lost = new AbortController();
  let renewedAt = clock.now();
  const timer = setInterval(async () => {
    const now = clock.now();
    // Also when the renewal before has not ended yet.
    if (now - renewedAt >= (lasts * 2) / 3)
      return lost.abort(new Error('The claim could not be renewed in time'));
    try {
      if (await renew(claimed)) renewedAt = now;
      else lost.abort(new Error('The claim has passed to another worker'));
    } catch {
      // There is time for another try, or else the act is aborted above.
    }
  }, lasts / 4);
  try {
    return await act(lost.signal);
  } finally {
    clearInterval(timer);
  }
}

type Claimable = { readonly claim?: Claim | undefined; readonly due?: string | undefined };

function renew<T extends Claimable>(claimed: Claimed<T>): Promise<boolean> {
  const { records, collection, ref, by, lasts, clock } = claimed;
  return records.transact({ document: ref }, ({ document }) => {
    const found = document as T | undefined;
    if (found?.claim?.by !== by) return { result: false, writes: [] };
    const until = instant(clock.now() + lasts);
    return { result: true, writes: [put(collection, { ...found, claim: { by, until }, due: until })] };
  });
}
