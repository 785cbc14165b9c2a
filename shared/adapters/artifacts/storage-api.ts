import { PermanentError } from '../../domain/permanent-error.ts';
import { type AccessToken, NoGoogleCredentials } from '../google/access-token.ts';
import { type Body, bytesOf, createHttp, type HttpCall, type Response } from '../http/http.ts';
import { ApiError } from '../http/json-api.ts';
import { BLIPS, isConnectionCode, retryAfterOf, retrying } from '../http/retries.ts';

export type StorageAsk = {
  /** What follows "Cannot" in a message. */
  readonly doing: string;
  readonly method?: HttpCall['method'];
  /** Behind the origin, its parts percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** Of a body that is a stream, in bytes. */
  readonly size?: number;
  /** The body's media type. */
  readonly type?: string;
};

const DEADLINE_MS = 60_000;
/** Logs are the largest, and are cut to less. */
const MOST_BYTES = 64 * 1024 * 1024;
const PASSING = new Set([401, 408, 429, 500, 502, 503, 504]);

/**
 * One question to Cloud Storage's JSON API: the answer's bytes; nothing where there is no such object. What is asked is
 * asked again after a blip, as https://cloud.google.com/storage/docs/retry-strategy says.
 *
 * The function it gives throws {@link ApiError} for what may pass by itself, {@link PermanentError} for the rest.
 */
export function createStorageApi({
  bucket,
  token,
  url,
}: {
  readonly bucket: string;
  readonly token: AccessToken;
  readonly url: string;
}): (ask: StorageAsk) => Promise<Uint8Array | undefined> {
  const http = createHttp({ userAgent: 'headway' });
  return ask => retrying(() => attempt(ask), { judge: judgeBlip });

  async function attempt(ask: StorageAsk): Promise<Uint8Array | undefined> {
    const { method = 'GET', path, query, body, size, type } = ask;
    const headers = {
      Authorization: `Bearer ${await tokenFor(ask)}`,
      ...(type !== undefined && { 'Content-Type': type }),
      ...(size !== undefined && { 'Content-Length': String(size) }),
    };
    const where = new URL(`${path}?${new URLSearchParams(query)}`, url);
    const call = { method, url: where, headers, deadline: DEADLINE_MS, limit: MOST_BYTES };
    const response = await http(body === undefined ? call : { ...call, body }).catch(error =>
      lost(ask, error),
    );
    const answer = await bytesOf(response).catch(error => lost(ask, error));
    if (response.ok) return answer;
    const words = new TextDecoder().decode(answer.subarray(0, 2_000));
    if (response.status === 404 && /no such object/i.test(words)) return undefined;
    throw refusal(ask, response, words);
  }

  async function tokenFor({ doing }: StorageAsk): Promise<string> {
    try {
      return await token();
    } catch (error) {
      if (!(error instanceof NoGoogleCredentials)) throw error;
      throw new PermanentError(`Cannot ${doing} in bucket "${bucket}": ${error.message}`, { cause: error });
    }
  }

  function refusal({ doing }: StorageAsk, { status, headers }: Response, words: string): Error {
    const message = `Cannot ${doing} in bucket "${bucket}": Cloud Storage answered ${status}`;
    if (PASSING.has(status)) {
      return new ApiError(`${message}; it may work later`, { status, retryAfter: retryAfterOf(headers) });
    }
    return new PermanentError(`${message}; ${advise(status, words)}`);
  }

  function advise(status: number, words: string): string {
    if (status === 404) return 'there is no such bucket; make it, or name another in HEADWAY_BUCKET';
    if (status !== 403) return 'see to the name of the bucket';
    if (/disabled|has not been used/i.test(words)) return 'enable storage.googleapis.com in its project';
    return 'grant this account roles/storage.objectUser on it';
  }

  function lost({ doing }: StorageAsk, error: unknown): never {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error ? String(error.code) : undefined;
    const state = error.name === 'TimeoutError' ? 'it did not answer in time' : (code ?? error.message);
    throw new ApiError(`Cannot ${doing} in bucket "${bucket}": Cloud Storage is not reached (${state})`, {
      code,
      cause: error,
    });
  }
}

function judgeBlip(error: unknown): false | { readonly after: number | undefined } {
  if (!(error instanceof ApiError)) return false;
  const isBlip = BLIPS.has(error.status ?? 0) || error.status === 500 || isConnectionCode(error.code ?? '');
  return isBlip ? { after: error.retryAfter } : false;
}
