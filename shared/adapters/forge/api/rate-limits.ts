import { retryAfterOf } from '../../http/retries.ts';

type Answer = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
};

/** What GitHub asks for where it gives no time, and GitLab's window. */
const USUAL_PAUSE = 60_000;

/**
 * When a forge that has had too many requests will answer again, in milliseconds since the epoch; nothing when the
 * answer is about something else. A 403 is GitHub's other way to say it.
 *
 * - https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 * - https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
 *
 * @param words what the forge says in the answer's body
 */
export function limitedUntil(
  { status, headers }: Answer,
  { words, now }: { readonly words: string; readonly now: number },
): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = retryAfterOf(headers);
  if (after !== undefined) return now + after;
  for (const prefix of ['x-ratelimit', 'ratelimit']) {
    const reset = headers.get(`${prefix}-reset`) ?? '';
    if (headers.get(`${prefix}-remaining`) === '0' && /^\d{1,11}$/.test(reset)) return Number(reset) * 1000;
  }
  return status === 429 || /rate limit|abuse detection/i.test(words) ? now + USUAL_PAUSE : undefined;
}
