import { once } from 'node:events';
import { connect } from 'node:net';
import test from 'ava';
import fc from 'fast-check';
import { apiRoutes } from '../../functions/api/handler.ts';
import { readPageAssets } from '../../shared/adapters/assets/page-assets.ts';
import { deliveries } from '../../shared/records/collections.ts';
import { createHttpServer } from '../../shared/runtime/node-http.ts';
import { sampleApi, TOKEN } from '../helpers/call-api.ts';
import { createMemoryArtifacts } from '../helpers/memory-artifacts.ts';
import { sampleCommits, sampleConfiguration } from '../helpers/sample-state.ts';
import { silentLog } from '../helpers/silent-log.ts';

const assets = await readPageAssets(new URL('../../functions/api/page/', import.meta.url));
const { api, records } = await sampleApi({
  assets,
  // So many streams at once are not what is tested here.
  streams: { gatherMs: 5, heartbeatMs: 1_000, streams: 100_000 },
});
const failures: unknown[] = [];
const server = createHttpServer({
  log: { ...silentLog, error: (_, fields) => failures.push(fields) },
  handlers: { '/': api },
});
await server.listen({ host: '127.0.0.1', port: 0 });
test.after.always(() => server.close(0));

/** Words that make the parameters of a path name something that is there. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  source: ['github', 'builder'],
  repo: ['shop'],
  branch: ['main'],
  image: ['web', 'api', 'base'],
  tag: ['prod'],
  commit: sampleCommits,
  sha: sampleCommits,
  target: ['local', 'manifests'],
  service: ['web', 'storefront', 'backend'],
  sequence: ['1', '2'],
  number: ['1', '2'],
  id: ['p1', ...(await records.query(deliveries, { limit: 100 })).map(({ id }) => id)],
};
const routes = apiRoutes({
  records,
  artifacts: createMemoryArtifacts(),
  configuration: sampleConfiguration,
  hints: { publish: async () => {}, listen: () => async () => {} },
  clock: { now: () => 0 },
  log: silentLog,
  version: '1',
});

const odd = fc.oneof(
  fc.constantFrom(
    ...'% %00 %2e%2e .. . %2F %ff %ED%A0%80 __proto__ constructor !'.split(' '),
    ...'-1 0 1e9 99999999999999999999 NaN %0d%0aX-A:%20b %F0%9F%90%99'.split(' '),
    ...['', 'x'.repeat(3_000)],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }).map(text => encodeURIComponent(text.toWellFormed())),
  fc.stringMatching(/^[!-~]{0,12}$/),
);

/** A path of a route, mostly of something that is there, with some of its parts replaced. */
const path = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...routes).chain(route => pathOf(route.path)) },
  fc.constantFrom(
    ...assets.keys(),
    '/api/v1',
    '/api/v1/',
    '/api/v2/status',
    '/api',
    '//',
    '/page/../package.json',
  ),
  fc.webPath().map(text => `/api/v1${text}`),
  fc.array(odd, { maxLength: 5 }).map(parts => `/${parts.join('/')}`),
);

function pathOf(template: string): fc.Arbitrary<string> {
  const parts = template.split('/').map(part => {
    const known = KNOWN[part.slice(1, -1)] ?? ['x'];
    const usual = part.startsWith('{') ? fc.constantFrom(...known) : fc.constant(part);
    return fc.oneof({ weight: 9, arbitrary: usual }, odd);
  });
  return fc.tuple(...parts).map(all => `/api/v1${all.join('/')}`);
}

const parameter = fc.tuple(
  fc.oneof(
    fc.constantFrom(...'limit after status image tag repo branch verdict target service due'.split(' ')),
    odd,
  ),
  fc.oneof(fc.constantFrom(...'1 200 201 failed web prod shop main d2ViIXByb2Q ISEh'.split(' ')), odd),
);
const query = fc
  .oneof(fc.constant([]), fc.array(parameter, { maxLength: 4 }))
  .map(all => (all.length === 0 ? '' : `?${all.map(pair => pair.join('=')).join('&')}`));
const etags = [...assets.values()].map(({ etag }) => etag);
const headerName = fc.constantFrom(
  ...'authorization origin host accept if-none-match content-type cookie x-forwarded-host last-event-id'.split(
    ' ',
  ),
  ...'transfer-encoding content-length expect upgrade range connection'.split(' '),
);
const headerValue = fc.oneof(
  fc.constantFrom(
    ...'* null Bearer http://evil.example http://127.0.0.1 [::1] 127.0.0.1 evil.example 100-continue'.split(
      ' ',
    ),
    ...'h2c bytes=0-1 gzip 3 chunked "x"'.split(' '),
    ...['', `Bearer ${TOKEN}`, 'Basic Og==', 'a'.repeat(9_000)],
  ),
  fc.stringMatching(/^[ -~]{0,20}$/),
  fc.stringMatching(/^[\u0080-\u00ff]{1,8}$/),
);
const header = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(headerName, headerValue) },
  fc.constantFrom(...etags).map(etag => ['if-none-match', etag] as const),
);
const method = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('GET', 'POST', 'HEAD') },
  fc.constantFrom('PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'get'),
);
const asked = fc.record({
  method,
  path,
  query,
  headers: fc.oneof(fc.array(header, { maxLength: 0 }), fc.array(header, { maxLength: 3 })),
  token: fc.boolean(),
});

test('thousands of mutated requests to every route and file of the page never meet a fault', async t => {
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(asked, async ({ method, path, query, headers, token }) => {
      const all = [
        ...(headers.some(([name]) => name === 'host') ? [] : [['host', new URL(server.url).host]]),
        ...(token ? [['authorization', `Bearer ${TOKEN}`]] : []),
        ...headers,
      ];
      const lines = all.map(([name, value]) => `${name}: ${value}\r\n`);
      const status = await statusOf(`${method} ${path}${query} HTTP/1.1\r\n${lines.join('')}\r\n`);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      return status < 500;
    }),
    { numRuns: 1_500 },
  );
  t.log(Object.fromEntries([...seen].sort()));
  for (const status of [200, 400, 401, 403, 404, 405, 421]) t.true(seen.has(status), `${status} was met`);
  t.deepEqual(failures, []);
  t.is((await fetch(`${server.url}/api/v1/status`)).status, 200);
});

/** The status of the first answer that is not merely "go on"; 0 when the other side says nothing at all. */
async function statusOf(request: string): Promise<number> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let received = '';
  const { promise, resolve } = Promise.withResolvers<number>();
  const look = () => {
    const status = [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)]
      .map(([, code]) => Number(code))
      .find(code => code >= 200);
    if (status !== undefined) resolve(status);
  };
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk;
    look();
  });
  socket.on('error', () => {}).once('close', () => resolve(0));
  await once(socket, 'connect').catch(() => {});
  // Nothing more comes: a body that was announced is not waited for.
  socket.end(Buffer.from(request, 'latin1'));
  const status = await promise;
  socket.destroy();
  return status;
}
