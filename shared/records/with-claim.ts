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
  /** How long one word lasts, in milliseconds; it is renewed three times within. */
  readonly lasts: number;
  readonly clock: Clock;
};

/**
 * Runs a long act under a claim, renewing it all the while. The act's signal is aborted as soon as the claim has
 * passed to another, or could not be renewed in time, so that nothing lands after it.
 */
export async function withClaim<T extends { claim?: Claim | undefined; due?: string | undefined }, R>(
  claimed: Claimed<T>,
  act: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  const lost = new AbortController();
  let renewedAt = claimed.clock.now();
  const timer = setInterval(async () => {
    try {
      if (await renew(claimed)) renewedAt = claimed.clock.now();
      else lost.abort(new Error('The claim has passed to another worker'));
    } catch {
      if (claimed.clock.now() - renewedAt > (claimed.lasts * 2) / 3) {
        lost.abort(new Error('The claim could not be renewed in time'));
      }
    }
  }, claimed.lasts / 3);
  try {
    return await act(lost.signal);
  } finally {
    clearInterval(timer);
  }
}

function renew<T extends { claim?: Claim | undefined; due?: string | undefined }>(
  claimed: Claimed<T>,
): Promise<boolean> {
  const { records, collection, ref, by, lasts, clock } = claimed;
  return records.transact({ document: ref }, ({ document }) => {
    const found = document as T | undefined;
    if (found?.claim?.by !== by) return { result: false, writes: [] };
    const until = instant(clock.now() + lasts);
    return { result: true, writes: [put(collection, { ...found, claim: { by, until }, due: until })] };
  });
}
