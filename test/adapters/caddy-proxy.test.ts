import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { createHttp } from '../../shared/adapters/http/http.ts';
import { createCaddyProxy } from '../../shared/adapters/proxy/caddy/caddy-proxy.ts';
import type { Route } from '../../shared/ports/proxy.ts';
import { startCaddyAdmin } from '../helpers/target-servers/caddy-admin.ts';

const http = createHttp({ userAgent: 'test' });
const open = (admin: string, more: { readonly folder?: string; readonly listen?: readonly string[] } = {}) =>
  createCaddyProxy({ http, admin, target: 'box', listen: [':80'], ...more });
const web: readonly Route[] = [{ host: 'shop.test', port: 8000 }];
const api: readonly Route[] = [{ host: 'shop.test', path: '/api', port: 9000 }];

const STRANGER = { listen: [':8443'], routes: [{ handle: [{ handler: 'static_response' }] }] };
const STARTS: Readonly<Record<string, unknown>> = {
  'nothing at all': null,
  'an admin API only': { admin: { listen: '127.0.0.1:2019' } },
  'no http app': { apps: { tls: {} } },
  'no servers': { apps: { http: {} } },
  'a server of somebody else': { apps: { http: { servers: { mine: STRANGER } } } },
};

for (const [what, config] of Object.entries(STARTS)) {
  test(`point() makes its server in one write where there is ${what}, and leaves the rest`, async t => {
    const { admin, root, written } = await startCaddyAdmin(t, { config: structuredClone(config) });
    await open(admin).point('web', web, '10.0.0.2');
    t.is(written.length, 1);
    t.deepEqual(serverOf(root), {
      listen: [':80'],
      automatic_https: { disable: true },
      routes: [
        {
          '@id': 'headway:box:web:0',
          match: [{ host: ['shop.test'] }],
          handle: [
            {
              handler: 'reverse_proxy',
              upstreams: [{ dial: '10.0.0.2:8000' }],
              load_balancing: { try_duration: '5s' },
            },
          ],
          terminal: true,
        },
      ],
    });
    const merged = structuredClone(root.config);
    Reflect.deleteProperty(valueAt(merged, 'apps', 'http', 'servers') ?? {}, 'headway-box');
    if (what.startsWith('a server')) t.deepEqual(merged, config);
  });
}

test('point() writes nothing when it is so, and only the one route when its address changed', async t => {
  const { admin, written } = await startCaddyAdmin(t);
  const proxy = open(admin);
  await proxy.point('web', web, '10.0.0.2');
  await proxy.point('api', api, '10.0.0.3');
  written.length = 0;
  await proxy.point('web', web, '10.0.0.2');
  t.deepEqual(written, []);
  await proxy.point('web', web, '10.0.0.4');
  t.deepEqual(written, [{ method: 'PATCH', path: '/id/headway:box:web:0' }]);
});

test('point() follows where Caddy is to listen, and lets it have certificates for HTTPS', async t => {
  const { admin, root } = await startCaddyAdmin(t);
  await open(admin).point('web', web, '10.0.0.2');
  await open(admin, { listen: [':80', ':443'] }).point('web', web, '10.0.0.2');
  t.like(serverOf(root), { listen: [':80', ':443'], automatic_https: { disable: false } });
});

test('whatever services come and go in whatever order, a longer path comes before a shorter one', async t => {
  const { admin, root } = await startCaddyAdmin(t);
  const proxy = open(admin);
  const path = fc.constantFrom(undefined, '/a', '/a/b', '/a/b/c');
  const step = fc.record({
    service: fc.constantFrom('one', 'two', 'three'),
    paths: fc.uniqueArray(path, { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async steps => {
      root.config = null;
      const now = new Map<string, readonly (string | undefined)[]>();
      for (const { service, paths } of steps) {
        await proxy.point(
          service,
          paths.map(one => ({ host: 'x.test', path: one, port: 1 })),
          '10.0.0.2',
        );
        now.set(service, paths);
      }
      const routes = Array.isArray(serverOf(root)?.['routes'])
        ? (serverOf(root)?.['routes'] as unknown[])
        : [];
      const found = routes.map(route => String(valueAt(route, 'match', '0', 'path', '0') ?? ''));
      const wanted = [...now.values()].flat().map(one => one ?? '');
      t.deepEqual([...found].sort(), [...wanted].sort());
      t.deepEqual(
        found.map(one => one.length),
        found.map(one => one.length).sort((a, b) => b - a),
      );
    }),
    { numRuns: 40 },
  );
});

test('with a folder the address is the name of its only file, and Caddy is told once', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'headway-addresses-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const { admin, root, written } = await startCaddyAdmin(t);
  const proxy = open(admin, { folder });
  for (const address of ['10.0.0.2', '10.0.0.3', '10.0.0.2']) await proxy.point('web', web, address);
  t.deepEqual(await readdir(join(folder, 'box', 'web')), ['10.0.0.2:8000']);
  t.is(written.length, 1);
  t.false(JSON.stringify(root.config).includes('10.0.0'));
  await proxy.point('web', [], '');
  t.deepEqual(await readdir(join(folder, 'box')), []);
});

test('a Caddy that refuses is told of in its own words, and may not pass by itself', async t => {
  const { admin } = await startCaddyAdmin(t, { refuse: 'listener address repeated: tcp/:80' });
  const error = await t.throwsAsync(open(admin).point('web', web, '10.0.0.2'), { name: 'ProxyError' });
  t.like(error, { temporary: false });
  t.regex(
    error.message,
    /^Cannot set the routes of "web" in Caddy: .* answered 400 \(listener address repeated/,
  );
});

test('a Caddy that is not there may come back', async t => {
  const error = await t.throwsAsync(open('http://127.0.0.1:1').point('web', web, '10.0.0.2'));
  t.like(error, { name: 'ProxyError', temporary: true });
  t.regex(error.message, /see whether http:\/\/127\.0\.0\.1:1 is up and reachable$/);
});

function serverOf({ config }: { readonly config: unknown }): Record<string, unknown> | undefined {
  return valueAt(config, 'apps', 'http', 'servers', 'headway-box') as Record<string, unknown> | undefined;
}

function valueAt(value: unknown, ...path: readonly string[]): object | undefined {
  return path.reduce<unknown>(
    (inner, key) => (inner instanceof Object ? Reflect.get(inner, key) : undefined),
    value,
  ) as object | undefined;
}
