import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionContext } from 'ava';
import { serveHttp } from '../serve-http.ts';

export type Asked = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};
/** A body that is neither text nor bytes is sent as JSON. */
export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
export type Answering = (asked: Asked, names: Readonly<Record<string, string>>) => Promise<Answer> | Answer;
/** `GET /repos/:owner/:repo` takes one part of a path for each name, and any number for `*rest`. */
export type Routes = Readonly<Record<string, Answering>>;

/** `break` ends the connection without an answer. */
export type Early = Answer | 'break' | undefined;

export type Served = {
  /** `http://127.0.0.1:1234` */
  readonly origin: string;
  /** Everything that came, in its order. */
  readonly asked: readonly Asked[];
  /** Asked first; what it answers is the answer. */
  before(answer: (asked: Asked) => Early | Promise<Early>): void;
};

/** A real server that answers by routes, and with the fallback where there is none. */
export async function serveRoutes(
  t: ExecutionContext,
  { routes, fallback }: { readonly routes: Routes; readonly fallback: Answer },
): Promise<Served> {
  const asked: Asked[] = [];
  let first: Parameters<Served['before']>[0] = () => undefined;
  const table = Object.entries(routes).map(([route, answer]) => [patternOf(route), answer] as const);

  async function answerTo(one: Asked): Promise<Answer | 'break'> {
    const early = await first(one);
    if (early !== undefined) return early;
    for (const [pattern, answer] of table) {
      const found = pattern.exec(`${one.method} ${one.url.pathname}`);
      if (found === null) continue;
      const names = Object.entries(found.groups ?? {});
      return answer(one, Object.fromEntries(names.map(([name, value]) => [name, decodeURIComponent(value)])));
    }
    return fallback;
  }

  const host = await serveHttp(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const { method = '', headers } = request;
    const one = { method, url, headers, body: Buffer.concat(chunks) };
    asked.push(one);
    send(response, await answerTo(one));
  });
  return { origin: `http://${host}`, asked, before: answer => (first = answer) };
}

function send(response: ServerResponse, answer: Answer | 'break'): void {
  if (answer === 'break') {
    response.destroy();
    return;
  }
  const { status = 200, headers = {}, body = '' } = answer;
  const isPlain = typeof body === 'string' || Buffer.isBuffer(body);
  const type = isPlain ? 'text/plain' : 'application/json';
  response.writeHead(status, { 'Content-Type': type, ...headers });
  response.end(isPlain ? body : JSON.stringify(body));
}

function patternOf(route: string): RegExp {
  const source = route
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')
    .replaceAll(/\*(\w+)/g, '(?<$1>.*)');
  return new RegExp(`^${source}$`);
}
