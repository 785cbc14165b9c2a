import type { z } from 'zod';
import { PermanentError } from '../../domain/permanent-error.ts';
import { bytesOf, discard, type Http, type HttpCall, type Response } from './http.ts';
import { BLIPS, isConnectionCode, retryAfterOf, retrying } from './retries.ts';

/** What may pass by itself: the connection, the deadline, a limit, an error of the server, a lost race. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number | undefined;
  readonly code: string | undefined;
  /** Milliseconds, where the server said how long to wait. */
  readonly retryAfter: number | undefined;

  constructor(message: string, { status, code, retryAfter, cause }: Details = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
type Details = {
  readonly status?: number;
  readonly code?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
};

export type JsonAsk = {
  /** `read service "web"`: what follows "Cannot" in a message. */
  readonly doing: string;
  readonly method?: HttpCall['method'];
  /** Behind the base, its parts percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. Whatever is asked is sent again after a blip, so it must be safe to repeat. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
};
/** One question to an API that speaks JSON: the answer, checked; nothing where it says 404. */
export type JsonApi = <T>(ask: JsonAsk, schema: z.ZodType<T>) => Promise<T | undefined>;

export type JsonApiOptions = {
  readonly http: Http;
  /** e.g. `https://api.heroku.com`, without a slash at its end. */
  readonly base: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The value of the header of that name; it never appears in a message. */
  readonly authorization: () => Promise<string>;
  /** What to do about a refusal, as the end of a sentence. */
  readonly advise: (status: number, words: string) => string;
  /** Milliseconds until an answer must be there. */
  readonly deadline: number;
};

const PASSING = new Set([408, 409, 425, 429, 500, 502, 503, 504]);
/** Lists of services with all their settings. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Asks an API that speaks JSON: blips are tried again as {@link retrying} does, errors are sentences.
 *
 * @throws {ApiError} what may pass by itself
 * @throws {PermanentError} what somebody has to mend: a refusal, an answer that is not the API's
 */
export function createJsonApi(options: JsonApiOptions): JsonApi {
  const { http, base, headers, authorization, deadline } = options;

  return (ask, schema) => retrying(() => attempt(ask, schema), { judge: judgeBlip, signal: ask.signal });

  async function attempt<T>(ask: JsonAsk, schema: z.ZodType<T>): Promise<T | undefined> {
    const { method = 'GET', path, query = {}, body, signal } = ask;
    const url = new URL(`${base}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const secret = await authorization();
    try {
      const response = await http({
        method,
        url,
        headers: {
          ...headers,
          ...ask.headers,
          Authorization: secret,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
        deadline,
        limit: MOST_BYTES,
        signal,
      });
      if (response.ok) return await documentOf(ask, { response, schema });
      if (response.status !== 404) throw await refusal(ask, { response, secret });
      await discard(response);
      return undefined;
    } catch (error) {
      throw failure(ask, { url, error });
    }
  }

  async function refusal({ doing }: JsonAsk, { response, secret }: Refused): Promise<Error> {
    const { status } = response;
    const body = await bytesOf(response).catch(() => new Uint8Array());
    const words = oneLine(wordsOf(new TextDecoder().decode(body)), secret);
    const answer = `Cannot ${doing}: ${shown(response.url)} answered ${status}${words === '' ? '' : ` (${words})`}`;
    if (!PASSING.has(status)) return new PermanentError(`${answer}; ${options.advise(status, words)}`);
    const retryAfter = retryAfterOf(response.headers);
    const when = retryAfter === undefined ? '' : ` after ${Math.ceil(retryAfter / 1_000)} s`;
    return new ApiError(`${answer}; it may work later${when}`, { status, retryAfter });
  }
}

type Refused = { readonly response: Response; readonly secret: string };

function judgeBlip(error: unknown): false | { readonly after: number | undefined } {
  if (!(error instanceof ApiError)) return false;
  const isBlip = BLIPS.has(error.status ?? 0) || isConnectionCode(error.code ?? '');
  return isBlip ? { after: error.retryAfter } : false;
}

async function documentOf<T>(
  { doing }: JsonAsk,
  { response, schema }: { readonly response: Response; readonly schema: z.ZodType<T> },
): Promise<T> {
  const read = schema.safeParse(parsed(new TextDecoder().decode(await bytesOf(response))));
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.') ?? '';
  const what = where === '' ? '' : ` ("${where}")`;
  throw new PermanentError(
    `Cannot ${doing}: ${shown(response.url)} did not answer as its API does${what}; check the address of the API`,
  );
}

/** The error that a failed call means: the caller's own signal, the connection, the deadline, a certificate. */
function failure({ doing, signal }: JsonAsk, { url, error }: { url: URL; error: unknown }): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof ApiError || !(error instanceof Error)) return error;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    const message = `Cannot ${doing}: ${url.origin} did not answer in time; see whether it is up`;
    return new ApiError(message, { cause: error });
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (error.name !== 'FetchError' && code === undefined) return error;
  const reason = oneLine(error.message.replace(/^request to \S+ failed, reason: /, ''), '');
  const message = `Cannot ${doing}: ${reason || code}; see whether ${url.origin} is up and reachable`;
  return new ApiError(message, { cause: error, code });
}

/** What the API says: Google's `error.message`, Heroku's and others' `message`, or plain text. */
function wordsOf(body: string): string {
  const said = parsed(body);
  if (typeof said !== 'object' || said === null) return /^\s*</.test(body) ? '' : body;
  const error: unknown = Reflect.get(said, 'error');
  const inner: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'message') : error;
  return [inner, Reflect.get(said, 'message')].find(word => typeof word === 'string') ?? '';
}

function oneLine(text: string, authorization: string): string {
  const secret = authorization.replace(/^\S+ /, '');
  const hidden = secret === '' ? text : text.replaceAll(secret, '***');
  const line = hidden.replaceAll(/\p{C}+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
