import { setTimeout as sleep } from 'node:timers/promises';

/** The answer, if it comes in time. @throws a `TimeoutError` if not; the question itself is left to its fate. */
export async function within<T>(milliseconds: number, asked: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: answered.signal, ref: false }).then(() => {
    throw new DOMException(`No answer within ${milliseconds} ms`, 'TimeoutError');
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    answered.abort();
    late.catch(() => {});
  }
}
