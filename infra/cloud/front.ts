import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { StreamHandler } from '../../shared/runtime/node-http.ts';

type Routes = {
  /** Where each function answers, by the beginning of the paths that are its own; the longest that fits is asked. */
  readonly functions: Readonly<Record<string, string>>;
  readonly registry: StreamHandler;
};

/** One address in front of the functions, as a load balancer would be, with the image registry beside them. */
export function createFront({ functions, registry }: Routes) {
  const beginnings = Object.keys(functions).toSorted((a, b) => b.length - a.length);
  return createServer((request, response) => {
    if (request.url?.startsWith('/v2/')) return void registry(request, response);
    const beginning = beginnings.find(start => request.url?.startsWith(start));
    const target = beginning === undefined ? undefined : functions[beginning];
    if (target === undefined) return void response.writeHead(404).end();
    passOn(target, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(503, { 'retry-after': '1' }).end();
    });
  });
}

async function passOn(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method = 'GET', headers } = request;
  const onwards = send(new URL(request.url ?? '/', target), { method, headers }, resolve).on('error', reject);
  response.once('close', () => onwards.destroy());
  const [answer] = await Promise.all([promise, pipeline(request, onwards)]);
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, response);
}
