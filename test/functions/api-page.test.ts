import test from 'ava';
import fc from 'fast-check';
import { formatSelection, parseSelection } from '../../functions/api/page/selection.js';
import { duration, relativeTime } from '../../functions/api/page/times.js';
import { readPageAssets } from '../../shared/adapters/assets/page-assets.ts';
import { call, sampleApi } from '../helpers/call-api.ts';

const assets = await readPageAssets(new URL('../../functions/api/page/', import.meta.url));

test('the page is served with everything that it loads', async t => {
  const { api } = await sampleApi({ assets });
  const seen = new Set<string>();
  const load = async (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    const { status, body } = await call(api, path);
    t.is(status, 200, path);
    const text = Buffer.from(body as Uint8Array).toString();
    const links =
      path === '/'
        ? text.matchAll(/(?:href|src)="([^"]+)"/g)
        : text.matchAll(/(?:from|import) ?["']([^"']+)["']/g);
    for (const [, name = ''] of links) await load(new URL(name, `http://localhost${path}`).pathname);
  };
  await load('/');
  t.true(seen.has('/page/views/frame.js') && seen.has('/page/lit-html/directives/repeat.js'));
  t.deepEqual(
    [...assets.keys()].filter(path => !seen.has(path)),
    [],
    'and nothing is left over',
  );
});

test('the page allows no inline script, no other server and no frame', async t => {
  const { api } = await sampleApi({ assets });
  const { headers = {}, body } = await call(api, '/');
  const policy = headers['content-security-policy'] ?? '';
  for (const rule of [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
  ]) {
    t.true(policy.includes(rule), rule);
  }
  t.false(policy.includes('unsafe'));
  t.notRegex(
    Buffer.from(body as Uint8Array).toString(),
    /<script(?! type="module" src=)|<style|\son\w+=|\sstyle=/,
  );
});

test('the page is sent again only when it changed', async t => {
  const { api } = await sampleApi({ assets });
  const { headers } = await call(api, '/page/page.js');
  const etag = headers?.['etag'] ?? '';
  const again = await call(api, '/page/page.js', { headers: { 'if-none-match': etag } });
  t.is(again.status, 304);
  t.is(again.body, undefined);
});

test('the files of the page are for everybody, its data is not', async t => {
  const { api } = await sampleApi({ assets, loopback: false });
  t.is((await call(api, '/')).status, 200);
  t.is((await call(api, '/', { method: 'POST' })).status, 405);
  t.is((await call(api, '/page/../package.json')).status, 401);
  t.is((await call(api, '/', { headers: { host: 'evil.example' } })).status, 421);
});

test('a selection is what its address says, whatever the names hold', t => {
  const name = fc.string({ minLength: 1, unit: 'grapheme' });
  fc.assert(
    fc.property(name, name, (a, b) => {
      for (const selection of [
        { kind: 'commit', repo: a, sha: b } as const,
        { kind: 'service', target: a, service: b } as const,
        { kind: 'build', image: a, commit: b } as const,
        { kind: 'build', image: 'web', commit: 'c', file: { folder: a, name: b } } as const,
      ]) {
        t.deepEqual(parseSelection(formatSelection(selection)), selection);
      }
    }),
  );
  for (const hash of [
    '',
    '#',
    '#/commits/shop',
    '#/tags/a/b',
    '#/commits/%ff/x',
    '#/builds/a/b',
    '#/builds/a/b/files/logs',
  ]) {
    t.is(parseSelection(hash), undefined, hash);
  }
});

const reads = test.macro({
  exec: (t, actual: string, expected: string) => t.is(actual, expected),
  title: (name = '') => `the page writes ${name}`,
});
const now = Date.parse('2030-01-01T00:00:00.000Z');
const ago = (milliseconds: number) => relativeTime(new Date(now - milliseconds).toISOString(), now);

test('a moment ago as now', reads, ago(1_400), 'now');
test('seconds ago', reads, ago(59_900), '59 s ago');
test('minutes ago', reads, ago(3_599_000), '59 min ago');
test('hours ago', reads, ago(26 * 3_600_000), '26 h ago');
test('days ago', reads, ago(49 * 3_600_000), '2 d ago');
test('what is to come', reads, ago(-90_000), 'in 1 min');
test('milliseconds', reads, duration(419.6), '420 ms');
test('seconds with a tenth', reads, duration(8_240), '8.2 s');
test('whole seconds without', reads, duration(40_000), '40 s');
test('almost a minute as a minute', reads, duration(59_960), '1 min');
test('minutes with seconds', reads, duration(192_400), '3 min 12 s');
test('hours with minutes', reads, duration(2 * 3_600_000 + 299_000), '2 h 5 min');
