import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../domain/problem.ts';
import type { HttpHandler } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import { sendAnswer } from './node-http-answer.ts';

/** A request as the functions framework hands it over: its body was read already, and the raw bytes are kept. */
export type FrameworkRequest = IncomingMessage & { readonly rawBody?: Buffer };
export type FrameworkFunction = (request: FrameworkRequest, response: ServerResponse) => Promise<void>;

/**
 * An {@link HttpHandler} as a function of Google's functions framework. What the handler throws is logged and
 * answered with a 500 that says nothing of it, so that whoever sent a message sends it again.
 */
export function frameworkFunction(handler: HttpHandler, log: Log): FrameworkFunction {
  return async (request, response) => {
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]),
    );
    try {
      const answer = await handler({
        method: request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'),
        path,
        query: new URLSearchParams(query),
        headers,
        body: request.rawBody ?? new Uint8Array(),
        signal: gone.signal,
      });
      await sendAnswer(response, answer, { head: request.method === 'HEAD', signal: () => gone.signal });
    } catch (error) {
      log.error('Request failed', { method: request.method, error });
      if (response.headersSent) response.destroy();
      else
        await sendAnswer(response, problem(500, 'Cannot answer: something went wrong inside; the log tells'));
    }
  };
}
