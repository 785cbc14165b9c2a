import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { problem } from '../domain/problem.ts';
import type { HttpHandler } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import { sendAnswer } from './node-http-answer.ts';
import { listenOn } from './node-http-listen.ts';
import { readRequest } from './node-http-request.ts';

/** Takes the connection's own streams: for what is too large to be held in memory, such as image layers. */
export type StreamHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export type HttpServerOptions = {
  readonly log: Log;
  /** By the beginning of their paths; the longest that fits is asked. */
  readonly handlers: Readonly<Record<string, HttpHandler>>;
  readonly streams?: Readonly<Record<string, StreamHandler>>;
  /** Bytes that a body may have, by the same beginnings; 25 MB where nothing is said. */
  readonly bodyLimits?: Readonly<Record<string, number>>;
  /** How long a sender may take for its headers, and then for its body; 10 s and 30 s. Streams have no such limit. */
  readonly headersTimeoutMs?: number;
  readonly bodyTimeoutMs?: number;
};

export type HttpServer = {
  /** @throws {PermanentError} when it cannot listen there, saying what to do. Port 0 takes any free one. */
  listen(address: { readonly host: string; readonly port: number }): Promise<void>;
  /** Where it listens, as a browser would write it. */
  readonly url: string;
  /** Takes no more, ends streamed answers, waits for what is under way (10 s at most), then cuts what is left. */
  close(deadlineMs?: number): Promise<void>;
};

const BODY_LIMIT = 25 * 1024 * 1024;
const CLOSE_DEADLINE_MS = 10_000;
const NOT_FOUND = problem(404, 'Cannot find anything under this path');
const UNEXPECTED = problem(500, 'Cannot answer: something went wrong inside; the log tells what');

/**
 * HTTP/1.1 around {@link HttpHandler}s: bodies read whole up to a limit (413) and a deadline (408), iterables
 * streamed, `HEAD` answered as `GET` without a body. An error that a handler throws is logged and answered with a
 * 500 that says nothing of it.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { log, handlers, streams = {}, bodyLimits = {} } = options;
  const { headersTimeoutMs = 10_000, bodyTimeoutMs: timeoutMs = 30_000 } = options;
  const closing = new AbortController();
  const prefixes = [...Object.keys(handlers), ...Object.keys(streams)].sort((a, b) => b.length - a.length);
  const server = createServer({
    headersTimeout: headersTimeoutMs,
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
  });

  const take = (request: IncomingMessage, response: ServerResponse) => {
    if (closing.signal.aborted) response.setHeader('connection', 'close');
    const prefix = prefixes.find(start => request.url?.startsWith(start)) ?? '';
    // A caller who leaves early is no error of ours.
    response.on('error', () => {});
    serve(prefix, request, response).catch((error: unknown) => {
      if (response.destroyed) return;
      log.error('Request failed', { method: request.method, route: prefix, error });
      if (response.headersSent) response.destroy();
      else void sendAnswer(response, UNEXPECTED, request.complete ? {} : { unread: request });
    });
  };
  server.on('request', take);
  // Whoever asks first (RFC 9110, section 10.1.1) is refused before sending anything.
  server.on('checkContinue', (request, response) => take(request, response));

  async function serve(prefix: string, request: IncomingMessage, response: ServerResponse) {
    const stream = streams[prefix];
    if (stream === undefined) return answer(prefix, request, response);
    if (request.headers.expect !== undefined) response.writeContinue();
    await stream(request, response);
  }

  async function answer(prefix: string, request: IncomingMessage, response: ServerResponse) {
    const limits = { limit: bodyLimits[prefix] ?? BODY_LIMIT, timeoutMs, closing: closing.signal };
    const read = await readRequest(request, response, limits);
    if (read.kind === 'gone') return;
    if (read.kind === 'refused') return sendAnswer(response, read.answer, { unread: request });
    const found = (await handlers[prefix]?.(read.request)) ?? NOT_FOUND;
    const head = request.method === 'HEAD';
    await sendAnswer(response, found, { head, signal: () => read.request.signal });
  }

  let url = '';
  return {
    get url() {
      return url;
    },
    async listen(address) {
      url = await listenOn(server, address);
    },
    close(deadlineMs = CLOSE_DEADLINE_MS) {
      closing.abort();
      const { promise, resolve } = Promise.withResolvers<void>();
      const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      server.close(() => {
        clearTimeout(cut);
        clearInterval(idle);
        resolve();
      });
      return promise;
    },
  };
}
