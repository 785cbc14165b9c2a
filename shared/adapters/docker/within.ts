import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The answer, if it comes in time. @throws a `TimeoutError` if not; the question itself is left to its fate. */
export function within<T>(milliseconds: number, asked: Promise<T>): Promise<T> {
  return orElse(asked, async ended => {
    await sleep(milliseconds, undefined, { signal: ended, ref: false });
    throw new DOMException(`No answer within ${milliseconds} ms`, 'TimeoutError');
  });
}

/**
 * What comes of work that stops by itself when the signal says so, and has this long to clear up after it.
 *
 * @throws the signal's reason when it takes longer, such as on a server that does not answer any more.
 */
export function withinOfAbort<T>(milliseconds: number, signal: AbortSignal, work: Promise<T>): Promise<T> {
  return orElse(work, async ended => {
    if (!signal.aborted) await once(signal, 'abort', { signal: ended });
    await sleep(milliseconds, undefined, { signal: ended, ref: false });
    throw signal.reason;
  });
}

async function orElse<T>(work: Promise<T>, late: (ended: AbortSignal) => Promise<never>): Promise<T> {
  const ended = new AbortController();
  const other = late(ended.signal);
  try {
    return await Promise.race([work, other]);
  } finally {
    ended.abort();
    other.catch(() => {});
  }
}
