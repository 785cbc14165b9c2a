import { setTimeout as pause } from 'node:timers/promises';

const PAUSES = [100, 400];
const LONGEST_PAUSE = 5_000;
const CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'ERR_STREAM_PREMATURE_CLOSE']);

/** The statuses that a moment later may be others. */
export const BLIPS: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Whether an error is worth another try at once, and after how many milliseconds if the server said so. */
export type JudgeBlip = (error: unknown) => false | { readonly after: number | undefined };

/**
 * Up to three tries of something that is safe to repeat, while it fails as blips do. What the server says about
 * waiting is honoured up to five seconds; if it asks for more, its error is thrown at once, and whoever redelivers
 * may wait.
 */
export async function retrying<T>(
  attempt: () => Promise<T>,
  { judge, signal }: { readonly judge: JudgeBlip; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  for (const fallback of PAUSES) {
    try {
      return await attempt();
    } catch (error) {
      const blip = judge(error);
      if (blip === false) throw error;
      const milliseconds = blip.after ?? fallback;
      if (milliseconds > LONGEST_PAUSE) throw error;
      await pause(milliseconds, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
  return await attempt();
}

/**
 * Milliseconds of a `Retry-After` header; a date is taken relative to the answer's own `Date`, so that no clock
 * is compared with another. https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterOf(headers: { get(name: string): string | null }): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const difference = Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return Number.isFinite(difference) ? Math.max(0, difference) : undefined;
}

/** Whether it is how Node says that a connection was lost, rather than refused. */
export function isConnectionCode(code: string): boolean {
  return CONNECTION.has(code);
}
