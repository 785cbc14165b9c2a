import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import fetch, { type Response } from 'node-fetch';

export type { Response } from 'node-fetch';

/** A stream is given as a function, so that a request can be sent again. */
export type Body = Uint8Array | (() => AsyncIterable<Uint8Array>);

export type HttpCall = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** Milliseconds until the answer, with its body, must be there. */
  readonly deadline: number;
  /** The most bytes of a body that is read whole; {@link DOCUMENT_LIMIT} when absent. A stream has no limit. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** One request, one answer: no redirect is followed, nothing is repeated. Connections are kept open. */
export type Http = (call: HttpCall) => Promise<Response>;

/** Documents (manifests, lists, tokens) are never larger: Distribution's own limit for a manifest is 4 MiB. */
export const DOCUMENT_LIMIT = 4 * 1024 * 1024;

export function createHttp({ userAgent }: { readonly userAgent: string }): Http {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: 32 }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: 32 }),
  };
  return async ({ method, url, headers, body, deadline, limit = DOCUMENT_LIMIT, signal }) => {
    const timeout = AbortSignal.timeout(deadline);
    let broken: unknown;
    const response = await fetch(url.href, {
      method,
      headers: { 'User-Agent': userAgent, ...headers },
      body: body === undefined ? null : streamOf(body, error => (broken = error)),
      agent: ({ protocol }) => (protocol === 'http:' ? agents['http:'] : agents['https:']),
      redirect: 'manual',
      // A decompressed body would have another digest and length than the server says.
      compress: false,
      size: limit,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    }).catch((error: unknown) => {
      // What stopped it, rather than how node-fetch tells of it.
      throw signal?.aborted ? signal.reason : timeout.aborted ? timeout.reason : (broken ?? error);
    });
    // An aborted call emits an error on the body, which ends the process when nobody reads the body.
    response.body?.on('error', () => {});
    return response;
  };
}

/** The whole body. */
export async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

/** Reads the body to its end, so that the connection can be used again. */
export async function discard(response: Response): Promise<void> {
  await bytesOf(response).catch(() => {});
}

function streamOf(body: Body, onError: (error: unknown) => void): Buffer | Readable {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return Readable.from(body(), { objectMode: false }).once('error', onError);
}
