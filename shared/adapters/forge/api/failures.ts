import { PermanentError } from '../../../domain/permanent-error.ts';
import { ForgeError } from '../../../ports/forge-error.ts';
import { bytesOf, type Response } from '../../http/http.ts';
import type { Question } from './question.ts';
import { limitedUntil } from './rate-limits.ts';

const PASSING = new Set([408, 425, 500, 502, 503, 504]);

/** The error that an unexpected answer means, with the forge's own words and what to do. Reads the body. */
export async function refusal(
  { doing, advise }: Question,
  {
    response,
    sent,
    now,
  }: { readonly response: Response; readonly sent: string | undefined; readonly now: number },
): Promise<Error> {
  const { status } = response;
  const words = printable(wordsOf(await textOf(response)), sent);
  const answer = `${shown(response.url)} answered ${status}${words === '' ? '' : ` (${words})`}`;
  const time = limitedUntil(response, { words, now });
  if (time !== undefined) {
    const until = new Date(time).toISOString();
    const more = sent === undefined ? '; with a token there may be more' : '';
    const message = `Cannot ${doing}: ${answer}: no more requests until ${until}${more}`;
    return new ForgeError(message, { status, until });
  }
  if (PASSING.has(status)) {
    return new ForgeError(`Cannot ${doing}: ${answer}; it may work later`, { status });
  }
  return new PermanentError(`Cannot ${doing}: ${answer}; ${advise(status)}`);
}

/** The error that a failed call means: the connection, the deadline, a certificate. */
export function failure({ doing, url }: Question, error: unknown): unknown {
  if (error instanceof ForgeError || !(error instanceof Error)) return error;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    const message = `Cannot ${doing}: ${url.origin} did not answer in time; see whether it is up`;
    return new ForgeError(message, { cause: error, code: 'ETIMEDOUT' });
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (error.name !== 'FetchError' && code === undefined) return error;
  const reason = printable(error.message.replace(/^request to \S+ failed, reason: /, ''), undefined);
  const message = `Cannot ${doing}: ${reason || code}; see whether ${url.origin} is up and reachable`;
  return new ForgeError(message, { cause: error, ...(code !== undefined && { code }) });
}

/** A URL as it may appear in a message: the query of a redirect can hold a token. */
export function shown(url: string | URL): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** What the forge says: GitHub's, GitLab's and Gitea's `message`, OAuth's `error_description`, or plain text. */
export function wordsOf(body: string): string {
  try {
    const said: unknown = JSON.parse(body);
    if (typeof said !== 'object' || said === null) return '';
    const words = ['message', 'error_description', 'error'].map(key => Reflect.get(said, key));
    return words.find(word => typeof word === 'string') ?? '';
  } catch {
    return /^\s*</.test(body) ? '' : body;
  }
}

/** The whole body as text; nothing of one that breaks. */
export async function textOf(response: Response): Promise<string> {
  return new TextDecoder().decode(await bytesOf(response).catch(() => new Uint8Array()));
}

/** One short line, without control characters and without what was sent to log in. */
function printable(text: string, sent: string | undefined): string {
  const secret = sent?.replace(/^\S+ /, '');
  const hidden = secret ? text.replaceAll(secret, '***') : text;
  const line = hidden.replaceAll(/\p{C}+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
