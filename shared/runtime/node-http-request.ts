import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../domain/problem.ts';
import type { HttpAnswer, HttpRequest } from '../ports/http.ts';

export type ReadRequest =
  | { readonly kind: 'read'; readonly request: HttpRequest }
  | { readonly kind: 'refused'; readonly answer: HttpAnswer }
  /** The caller left before the body was whole. */
  | { readonly kind: 'gone' };
export type ReadLimits = {
  /** Bytes of the body. */
  readonly limit: number;
  readonly timeoutMs: number;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
};

/** Reads a request whole. A body that is too large is refused at once, a slow one when its time is over. */
export async function readRequest(
  message: IncomingMessage,
  response: ServerResponse,
  limits: ReadLimits,
): Promise<ReadRequest> {
  const target = parseTarget(message.url ?? '');
  if (target === undefined) return refused(problem(400, 'Cannot read the path of the request'));
  const tooLarge = () => refused(problem(413, `Cannot accept a body of more than ${limits.limit} bytes`));
  if (Number(message.headers['content-length'] ?? 0) > limits.limit) return tooLarge();
  if (message.headers.expect !== undefined) response.writeContinue();
  const body = await readBody(message, limits);
  if (body === 'gone') return { kind: 'gone' };
  if (body === 'too large') return tooLarge();
  if (body === 'too slow') return refused(problem(408, 'Cannot wait any longer for the body of the request'));
  const headers = Object.entries(message.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  let signal: AbortSignal | undefined;
  return {
    kind: 'read',
    request: {
      method: message.method === 'HEAD' ? 'GET' : (message.method ?? 'GET'),
      ...target,
      headers: Object.fromEntries(headers),
      body,
      // Most handlers never ask for it.
      get signal() {
        signal ??= abortedWhenGone(response, limits.closing);
        return signal;
      },
    },
  };
}

function refused(answer: HttpAnswer): ReadRequest {
  return { kind: 'refused', answer };
}

/** Origin form, or absolute form as proxies send it. https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
function parseTarget(target: string): Pick<HttpRequest, 'path' | 'query'> | undefined {
  if (target.startsWith('/')) {
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    return { path, query: new URLSearchParams(mark < 0 ? '' : target.slice(mark)) };
  }
  const url = URL.parse(target);
  return url === null ? undefined : { path: url.pathname, query: url.searchParams };
}

type Body = Uint8Array | 'too large' | 'too slow' | 'gone';

function readBody(message: IncomingMessage, { limit, timeoutMs }: ReadLimits): Promise<Body> {
  const { promise, resolve } = Promise.withResolvers<Body>();
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => done('too slow'), timeoutMs);
  const take = (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > limit) done('too large');
  };
  const end = () => done(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
  const gone = () => done('gone');
  function done(body: Body) {
    clearTimeout(timer);
    message.off('data', take).off('end', end).off('close', gone).pause();
    resolve(body);
  }
  message.on('data', take).on('end', end).on('close', gone).on('error', gone);
  return promise;
}

function abortedWhenGone(response: ServerResponse, closing: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (response.destroyed || closing.aborted) abort();
  response.once('close', abort);
  closing.addEventListener('abort', abort, { once: true });
  response.once('close', () => closing.removeEventListener('abort', abort));
  return controller.signal;
}
