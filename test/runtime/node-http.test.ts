import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import type { HttpHandler, HttpRequest } from '../../shared/ports/http.ts';
import { createLog } from '../../shared/runtime/log.ts';
import { createHttpServer, type HttpServerOptions } from '../../shared/runtime/node-http.ts';
import { rawExchange, statusesIn } from '../helpers/raw-http.ts';

const LOCAL = { host: '127.0.0.1', port: 0 };
const echo: HttpHandler = async ({ method, path, query, body }) => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ method, path, query: [...query], size: body.length }),
});

async function serve(t: ExecutionContext, handler: HttpHandler, options: Partial<HttpServerOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const log = createLog({ write, level: 'info', redact: text => text, clock: { now: () => 0 } });
  const server = createHttpServer({ log, handlers: { '/': handler }, ...options });
  await server.listen(LOCAL);
  t.teardown(() => server.close(100));
  return { server, url: server.url, lines };
}

test('a request arrives whole: method, path as it came, query, header names in lower case, bytes', async t => {
  let seen: HttpRequest | undefined;
  const { url } = await serve(t, async request => {
    seen = request;
    return { status: 204 };
  });
  const headers = { 'X-Signature': 'a', 'content-type': 'application/octet-stream' };
  const body = new Uint8Array([0, 255, 13, 10]);
  const answer = await fetch(`${url}/a%2Fb/c?x=1&x=2`, { method: 'PUT', headers, body });
  t.is(answer.status, 204);
  t.like(seen, { method: 'PUT', path: '/a%2Fb/c' });
  t.deepEqual(seen?.query.getAll('x'), ['1', '2']);
  t.is(seen?.headers['x-signature'], 'a');
  t.deepEqual([...(seen?.body ?? [])], [...body]);
});

test('the longest beginning that fits is asked', async t => {
  const says =
    (body: string): HttpHandler =>
    async () => ({ status: 200, body });
  const handlers = { '/': says('root'), '/hooks/': says('hooks'), '/hooks/a/': says('a') };
  const { url } = await serve(t, echo, {
    handlers,
    streams: { '/v2/': (_, response) => void response.end('stream') },
  });
  const paths = ['/x', '/hooks/b', '/hooks/a/c', '/v2/x/y', '/hooks'];
  const answers = await Promise.all(paths.map(async path => (await fetch(url + path)).text()));
  t.deepEqual(answers, ['root', 'hooks', 'a', 'stream', 'root']);
});

test('a path that nobody serves is a problem', async t => {
  const { url } = await serve(t, echo, { handlers: { '/api/': echo } });
  const answer = await fetch(`${url}/x`);
  t.is(answer.status, 404);
  t.is(answer.headers.get('content-type'), 'application/problem+json');
});

test('HEAD is answered as GET, without the body but with its length', async t => {
  const { url } = await serve(t, async ({ method }) => ({ status: 200, body: method }));
  const answer = await fetch(url, { method: 'HEAD' });
  t.is(answer.headers.get('content-length'), '3');
  t.is(await answer.text(), '');
});

test('an unexpected error is logged, and answered without saying anything of it', async t => {
  const { url, lines } = await serve(t, () => Promise.reject(new Error('the state file is at /srv/x')));
  const answer = await fetch(url);
  t.is(answer.status, 500);
  t.notRegex(await answer.text(), /srv|at .*\.ts/);
  t.is(lines.length, 1);
  t.like(JSON.parse(lines[0] ?? ''), { level: 'error', message: 'Request failed', route: '/' });
  t.notRegex(lines[0] ?? '', /node-http/);
});

test('a body is taken up to the limit, and refused beyond it, told or found out', async t => {
  const { url } = await serve(t, echo, { bodyLimits: { '/': 100_000 } });
  const send = (body: BodyInit) => fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit);
  const chunked = (size: number) => new Blob(['x'.repeat(size)]).stream();
  t.like(await (await send('x'.repeat(100_000))).json(), { size: 100_000 });
  t.like(await (await send(chunked(100_000))).json(), { size: 100_000 });
  t.is((await send('x'.repeat(100_001))).status, 413);
  t.is((await send(chunked(100_001))).status, 413);
});

test('who is refused while still sending gets to read why', async t => {
  const { url } = await serve(t, echo, { bodyLimits: { '/': 10 } });
  const piece = 'x'.repeat(1024 * 1024);
  const received = await rawExchange(url, [
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8388608\r\n\r\n',
    ...Array.from({ length: 8 }, () => piece),
  ]);
  t.deepEqual(statusesIn(received), [413]);
  t.regex(received, /connection: close/i);
  t.regex(received, /more than 10 bytes/);
});

test('who asks before sending too much is not told to go on', async t => {
  const { url } = await serve(t, echo, { bodyLimits: { '/': 10 } });
  const ask = (length: number) =>
    `POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`;
  t.deepEqual(statusesIn(await rawExchange(url, [ask(11)])), [413]);
  t.deepEqual(statusesIn(await rawExchange(url, [ask(3), 'abc'])), [100, 200]);
});

test('slow headers and slow bodies are cut off', async t => {
  const { url } = await serve(t, echo, { headersTimeoutMs: 100, bodyTimeoutMs: 100 });
  t.deepEqual(statusesIn(await rawExchange(url, ['POST / HTTP/1.1\r\nHost: a\r\n'])), [408]);
  const slow = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na';
  t.deepEqual(statusesIn(await rawExchange(url, [slow])), [408]);
});

test('a streamed answer comes piece by piece, and its signal tells when the caller is gone', async t => {
  const gone = Promise.withResolvers<void>();
  const { url } = await serve(t, async ({ signal }) => ({
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: (async function* () {
      yield 'data: 1\n\n';
      await once(signal, 'abort');
      gone.resolve();
    })(),
  }));
  const caller = new AbortController();
  const answer = await fetch(url, { signal: caller.signal });
  const piece = await answer.body?.getReader().read();
  t.is(new TextDecoder().decode(piece?.value), 'data: 1\n\n');
  caller.abort();
  await gone.promise;
  t.pass();
});

test('a streamed answer that fails midway is cut, so that nobody takes it for whole', async t => {
  const { url, lines } = await serve(t, async () => ({
    status: 200,
    body: (async function* () {
      yield 'half';
      await sleep(1);
      throw new Error('lost');
    })(),
  }));
  await t.throwsAsync(async () => (await fetch(url)).text());
  t.regex(lines.join(''), /Request failed.*lost/);
});

test('close() ends streams, waits for what is under way, and cuts what takes too long', async t => {
  const under = Promise.withResolvers<void>();
  const handlers: Record<string, HttpHandler> = {
    '/slow': async () => {
      under.resolve();
      await sleep(50);
      return { status: 200, body: 'done' };
    },
    '/never': () => new Promise(() => {}),
    '/stream': async ({ signal }) => ({
      status: 200,
      body: (async function* () {
        yield 'x';
        await once(signal, 'abort');
      })(),
    }),
  };
  const { server, url } = await serve(t, echo, { handlers });
  const streams = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/stream`)));
  const slow = fetch(`${url}/slow`).then(answer => answer.text());
  const never = fetch(`${url}/never`).then(
    () => 'answered',
    () => 'cut',
  );
  await under.promise;
  const closed = server.close(500);
  t.is(await slow, 'done');
  for (const stream of streams) t.is(await stream.text(), 'x');
  t.is(await never, 'cut');
  await closed;
  await t.throwsAsync(fetch(url));
});

test('a port in use is said with what to do', async t => {
  const { server } = await serve(t, echo);
  const second = createHttpServer({ log: { info() {}, warn() {}, error() {} }, handlers: {} });
  const port = Number(new URL(server.url).port);
  await t.throwsAsync(second.listen({ host: '127.0.0.1', port }), {
    instanceOf: PermanentError,
    message: `Cannot listen on 127.0.0.1:${port}: the port is in use; stop the other program or set PORT`,
  });
  await t.throwsAsync(second.listen({ host: '192.0.2.1', port: 0 }), {
    instanceOf: PermanentError,
    message: /192\.0\.2\.1:0: this machine has no such address/,
  });
  await t.throwsAsync(second.listen({ host: '127.0.0.1', port: 70_000 }), {
    instanceOf: PermanentError,
    message: /there is no such port/,
  });
});
