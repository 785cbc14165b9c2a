import test from 'ava';
import fc from 'fast-check';
import { createHttpServer } from '../../shared/runtime/node-http.ts';
import { hooksBench, SECRETS } from '../helpers/hooks-bench.ts';
import { rawExchange, statusesIn } from '../helpers/raw-http.ts';
import {
  FIXTURES,
  KINDS,
  signedWebhook,
  type Webhook,
  type WebhookKind,
  webhookFixture,
} from '../helpers/signed-webhook.ts';

const REAL: readonly (readonly [kind: WebhookKind, fixture: string, event?: string])[] = [
  ...KINDS.map(kind => [kind, FIXTURES[kind]] as const),
  ['github', 'github-tag'],
  ['github', 'github-ping'],
  ['github', 'github-package', 'package'],
  ['gitlab', 'gitlab-tag', 'tag_push'],
  ['notices', 'notice-whole'],
];

let created = 0;
const bench = hooksBench({
  documents: memory => ({
    ...memory,
    transact: (refs, judge) =>
      memory.transact(refs, found => {
        const decision = judge(found);
        created += found.every(known => known === undefined) ? decision.writes.length : 0;
        return decision;
      }),
  }),
});
const errors: string[] = [];
const options = {
  log: { info() {}, warn() {}, error: (message: string) => void errors.push(message) },
  handlers: { '/hooks/': bench.hooks },
  bodyLimits: { '/hooks/': 200_000 },
};
/** Gives up soon on who does not go on sending. */
const server = createHttpServer({ ...options, headersTimeoutMs: 300, bodyTimeoutMs: 300 });
/** Waits as long as it usually does: on a busy machine this test's own sending may stall. */
const patient = createHttpServer(options);
test.before(async () => {
  await server.listen({ host: '127.0.0.1', port: 0 });
  await patient.listen({ host: '127.0.0.1', port: 0 });
});
test.after.always(async () => {
  await server.close(500);
  await patient.close(500);
});
test.after('no request failed inside', t => t.deepEqual(errors, []));

/** Anything instead of one of the values in a JSON text. */
function withValue(json: string, { at, value }: { at: number; value: unknown }): string {
  let next = 0;
  const replaced: unknown = JSON.parse(json, (_, old) => (next++ === at ? value : old));
  return JSON.stringify(replaced) ?? '';
}

const odd = fc.oneof(
  fc.constantFrom(
    '',
    '\u0000',
    '\ud800',
    '__proto__',
    '../..',
    'refs/heads/',
    '0'.repeat(40),
    'a'.repeat(70_000),
  ),
  fc.constantFrom<unknown>(null, true, -1, 1e300, [], {}, [[]], { constructor: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const mutation = fc.oneof(
  fc.constant((body: string) => body),
  fc.record({ at: fc.nat(120), value: odd }).map(change => (body: string) => withValue(body, change)),
  fc.nat(4_000).map(at => (body: string) => body.slice(0, at % body.length)),
  fc.record({ at: fc.nat(4_000), piece: fc.string({ unit: 'binary', maxLength: 8 }) }).map(
    ({ at, piece }) =>
      (body: string) =>
        body.slice(0, at % body.length) + piece + body.slice((at % body.length) + piece.length),
  ),
  fc
    .nat(300)
    .map(depth => (body: string) => `{"x":${'['.repeat(depth)}${']'.repeat(depth)},${body.trim().slice(1)}`),
  fc.string({ unit: 'binary' }).map(text => () => text),
);
const headerName = fc.constantFrom(
  ...['content-type', 'content-encoding', 'authorization', 'x-github-event', 'x-github-delivery'],
  ...[
    'x-gitea-event',
    'x-gitea-delivery',
    'x-hub-signature-256',
    'x-gitea-signature',
    'expect-ct',
    'x-gogs-event',
    'x-gitlab-event',
    'x-gitlab-token',
    'idempotency-key',
    'x-nexus-webhook-signature',
    'x-nexus-webhook-delivery',
    'x-jfrog-event-auth',
    'x-acme-signature',
    'x-api-key',
  ],
);
const headerValue = fc.oneof(
  fc.constantFrom(
    '',
    'push',
    'Bearer',
    'sha256=',
    'application/x-www-form-urlencoded',
    'a/b; charset=x',
    'x'.repeat(7_000),
  ),
  fc.string({ unit: 'grapheme-ascii' }),
);
const path = fc.oneof(
  { weight: 20, arbitrary: fc.constant(undefined) },
  fc.constantFrom(
    '/hooks/',
    '/hooks//',
    '/hooks/github/',
    '/hooks/../x',
    '/hooks/%',
    '/hooks/toString',
    '/x',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 30 }).map(text => `/hooks/${encodeURIComponent(text)}`),
  fc.constantFrom('/hooks/open/x', '/hooks/quay', '/hooks/generic/x'),
  fc.webPath().map(text => `/hooks${text}`),
);
const method = fc.oneof(
  { weight: 9, arbitrary: fc.constant('POST') },
  fc.constantFrom('PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'),
);
const mutated = fc.record({
  real: fc.constantFrom(...REAL),
  mutation,
  method,
  path,
  form: fc.boolean(),
  headers: fc.dictionary(headerName, headerValue, { maxKeys: 2 }),
});

// Counts the documents, so that nothing else may run beside it.
test.serial(
  'thousands of mutated webhooks, well signed and not, are taken or refused and nothing else',
  async t => {
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(
        mutated,
        async ({ real: [kind, fixture, event = 'push'], mutation, form, headers, ...rest }) => {
          const body = mutation(webhookFixture(fixture)).toWellFormed();
          const webhook = signedWebhook({
            kind,
            secret: SECRETS[kind],
            body,
            event,
            form,
            delivery: `d${seen.size}`,
          });
          const changed = { ...webhook, headers: { ...webhook.headers, ...headers }, method: rest.method };
          const before = created;
          const status = await statusOf({ ...changed, path: rest.path ?? webhook.path });
          seen.set(status, (seen.get(status) ?? 0) + 1);
          // Only what is answered 202 is new in the documents.
          const added = created - before;
          t.true([200, 202, 400, 401, 404, 405, 413, 415].includes(status), `answered ${status}`);
          t.is(added, status === 202 ? 1 : 0, `documents for an answer of ${status}`);
        },
      ),
      { numRuns: 1_000 },
    );
    t.log(Object.fromEntries([...seen].sort()));
    for (const status of [200, 202, 400, 401, 404, 405, 415]) t.true(seen.has(status), `${status} was met`);
  },
);

async function statusOf({ method, path, headers, body }: Webhook): Promise<number> {
  const answer = await fetch(patient.url + path, { method, headers, body });
  await answer.arrayBuffer();
  return answer.status;
}

/** The bytes of a webhook, as its sender puts them on the wire. */
function wire({ method, path, headers, body }: Webhook): Buffer {
  const all = { host: 'headway', ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

const damage = fc.oneof(
  fc.nat().map(at => (bytes: Buffer) => bytes.subarray(0, at % bytes.length)),
  fc
    .array(fc.record({ at: fc.nat(2_000), byte: fc.nat(255) }), { minLength: 1, maxLength: 6 })
    .map(flips => (bytes: Buffer) => {
      const copy = Buffer.from(bytes);
      for (const { at, byte } of flips) copy[at % copy.length] = byte;
      return copy;
    }),
  fc.uint8Array({ maxLength: 200 }).map(noise => (bytes: Buffer) => Buffer.concat([noise, bytes])),
  fc.uint8Array({ maxLength: 200 }).map(noise => () => Buffer.from(noise)),
);

test('damaged bytes on the wire are refused, whether their sender stays or goes', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...REAL),
      damage,
      fc.boolean(),
      async ([kind, fixture], damage, stays) => {
        const body = webhookFixture(fixture);
        const bytes = damage(wire(signedWebhook({ kind, secret: SECRETS[kind], body })));
        // The end of what was sent is the end of the connection, so that nobody waits for the rest.
        const statuses = statusesIn(
          await rawExchange(server.url, [bytes], stays ? { end: true } : { hangUp: true }),
        );
        return statuses.every(status => status < 500);
      },
    ),
    { numRuns: 400 },
  );
  t.pass();
});

const garbage = test.macro({
  async exec(t, request: string, expected: number) {
    t.deepEqual(statusesIn(await rawExchange(server.url, [request])), [expected]);
    t.is((await fetch(`${server.url}/hooks/x`)).status, 404);
  },
  title: (name = '') => `the server answers ${name}, and lives`,
});
const POST = 'POST /hooks/github HTTP/1.1\r\nHost: a\r\n';
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
test('what is no HTTP', garbage, '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n', 400);
test('chunks that are none', garbage, `${CHUNKED}zz\r\nabc\r\n0\r\n\r\n`, 400);
test('a chunk that is longer than it says', garbage, `${CHUNKED}1\r\nabcdef\r\n0\r\n\r\n`, 400);
test('chunks that never end', garbage, `${CHUNKED}5\r\nabc`, 408);
test('two lengths', garbage, `${POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc`, 400);
test('a length that is none', garbage, `${POST}Content-Length: 0x10\r\n\r\nabc`, 400);
test('a length beyond all limits', garbage, `${POST}Content-Length: 99999999999999\r\n\r\nabc`, 413);
test('huge headers', garbage, `${POST}X-A: ${'x'.repeat(40_000)}\r\n\r\n`, 431);
test('a body that stops', garbage, `${POST}Content-Length: 10\r\n\r\nabc`, 408);
test('a request that stops', garbage, POST, 408);
test(
  'a path that is a whole URL',
  garbage,
  'POST http://a/hooks/github HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  404,
);
