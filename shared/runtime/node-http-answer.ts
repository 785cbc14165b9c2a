import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpAnswer } from '../ports/http.ts';

export type Sending = {
  /** Only the headers are wanted. */
  readonly head?: boolean;
  /** Aborted when the caller is gone or the server closes: a streamed body ends there. Asked for only then. */
  readonly signal?: () => AbortSignal;
  /** A request whose body was not read to its end, because it was refused. */
  readonly unread?: IncomingMessage;
};

/** How long, and how much of, a refused body is thrown away before the connection is closed. */
const LINGER_MS = 2_000;
const LINGER_BYTES = 64 * 1024 * 1024;

/** Sends an answer; resolves when it was handed over, or the caller is gone. Throws what a streamed body throws. */
export async function sendAnswer(
  response: ServerResponse,
  { status, headers, body = '' }: HttpAnswer,
  { head = false, signal, unread }: Sending = {},
): Promise<void> {
  if (response.destroyed) return;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    response.writeHead(status, { ...headers });
    if (head) response.end();
    else await stream(response, body, signal?.());
    return;
  }
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  const hasLength = status >= 200 && status !== 204 && status !== 304;
  const whole = { ...headers, ...(hasLength && { 'content-length': String(length) }) };
  if (unread === undefined) {
    response.writeHead(status, whole).end(head ? undefined : body);
    return;
  }
  response.writeHead(status, { ...whole, connection: 'close' });
  response.write(body);
  await linger(unread);
  response.end();
}

/**
 * A connection that is closed with unread bytes is reset, and the answer may be lost with it
 * (https://www.rfc-editor.org/rfc/rfc9112#section-9.6): so the rest is thrown away for a while first.
 */
function linger(unread: IncomingMessage): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (unread.destroyed || unread.complete) return Promise.resolve();
  let left = LINGER_BYTES;
  const timer = setTimeout(done, LINGER_MS);
  const drop = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) done();
  };
  function done() {
    clearTimeout(timer);
    unread.off('data', drop).pause();
    resolve();
  }
  unread.on('data', drop).once('end', done).once('close', done).resume();
  return promise;
}

async function stream(
  response: ServerResponse,
  body: AsyncIterable<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  response.flushHeaders();
  for await (const piece of body) {
    if (response.destroyed || signal?.aborted) break;
    if (!response.write(piece) && !(await drained(response, signal))) break;
  }
  response.end();
}

/** Whether there is room again; not when the caller is gone. */
async function drained(response: ServerResponse, signal: AbortSignal | undefined): Promise<boolean> {
  if (response.destroyed) return false;
  const over = new AbortController();
  const stop = () => over.abort();
  response.once('close', stop);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await once(response, 'drain', { signal: over.signal });
    return true;
  } catch {
    return false;
  } finally {
    response.off('close', stop);
    signal?.removeEventListener('abort', stop);
  }
}
