import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { createEmbeddedRegistry } from '../../infra/local/registry/embedded-registry.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import { rawRequest } from '../helpers/raw-request.ts';
import { serveHttp } from '../helpers/serve-http.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';
import { push, smallImage } from '../helpers/small-image.ts';

const client = createRegistryClient({ credentials: async () => undefined });
const image = smallImage('any');
const HEX = 'a'.repeat(64);

/** Ways out of a folder, as names of repositories, tags, digests and uploads. */
const ESCAPES = [
  '..',
  '../..',
  '../../secret',
  '..%2f..%2fsecret',
  '%2e%2e/%2e%2e/secret',
  '%2e%2e%2f%2e%2e%2fsecret',
  '..%5c..%5csecret',
  '..\\..\\secret',
  '....//....//secret',
  '%252e%252e%252fsecret',
  '%c0%ae%c0%ae%c0%afsecret',
  'a/../../secret',
  'a/..',
  './a',
  'a/./b',
  '/secret',
  '//secret',
  '%2fsecret',
  'a%00',
  'a%0a',
  '%',
  '%zz',
  '_tags',
  'a/_tags',
  'a/_manifests',
  'A',
  'a%20b',
  'a?b',
  `sha256:${HEX.slice(1)}`,
  `sha256:${HEX}/..`,
  `sha256:../../${HEX}`,
  `sha512:${HEX}`,
  'con\\x',
  'x'.repeat(256),
  'x'.repeat(5_000),
];

/** They are tags like others. */
const HARMLESS = /^\/v2\/a\/manifests\/(?:_tags|A|a\?b)$/;

function pathsWith(name: string): string[] {
  return [
    `/v2/${name}/manifests/one`,
    `/v2/a/manifests/${name}`,
    `/v2/a/blobs/${name}`,
    `/v2/${name}/blobs/sha256:${HEX}`,
    `/v2/a/blobs/uploads/${name}`,
    `/v2/${name}/blobs/uploads/`,
    `/v2/${name}/tags/list`,
    `/v2/a/referrers/${name}`,
    `/v2/${name}`,
    `/${name}`,
  ];
}

test('no path leads out of the folder', async t => {
  const parent = await mkdtemp(join(tmpdir(), 'headway-registry-'));
  t.teardown(() => rm(parent, { recursive: true, force: true }));
  await writeFile(join(parent, 'secret'), 'secret');
  const onError = (error: unknown) => t.fail(String(error));
  const host = await serveHttp(t, createEmbeddedRegistry({ root: join(parent, 'root'), onError }));
  await push(client, { registry: host, repository: 'a', tag: 'one' }, image);
  const headers = { 'Content-Type': image.mediaType };
  for (const path of ESCAPES.flatMap(pathsWith)) {
    for (const method of ['GET', 'PUT', 'POST', 'DELETE', 'PATCH']) {
      const body = method === 'GET' ? '' : image.bytes;
      const answer = await rawRequest(host, { method, path, headers, body });
      t.true(
        (answer.status >= 400 || HARMLESS.test(path)) && answer.status < 500,
        `${answer.status} ${method} ${path}`,
      );
      t.notRegex(answer.body.toString(), /secret$/);
    }
  }
  t.deepEqual((await readdir(parent)).sort(), ['root', 'secret']);
  t.is((await client.head({ registry: host, repository: 'a', tag: 'one' }))?.digest, image.digest);
});

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;
const digests = fc.constantFrom(image.digest, image.blobs[0].digest, image.blobs[1].digest, `sha256:${HEX}`);
const words = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'a',
      'b',
      'v2',
      'manifests',
      'blobs',
      'uploads',
      'tags',
      'list',
      'referrers',
      '_catalog',
      'one',
    ),
  },
  { weight: 2, arbitrary: digests },
  { weight: 1, arbitrary: fc.webSegment() },
  { weight: 1, arbitrary: fc.constantFrom(...ESCAPES) },
);
const routes = fc.oneof(
  fc.array(words, { maxLength: 7 }).map(parts => `/${parts.join('/')}`),
  fc
    .tuple(fc.constantFrom('a', 'b', 'a/b'), fc.constantFrom('manifests', 'blobs', 'referrers'), words)
    .map(parts => `/v2/${parts.join('/')}`),
  fc.constantFrom('/v2/a/blobs/uploads/', '/v2/a/tags/list', '/v2/_catalog', '*', 'http://x/v2/'),
);
const queries = fc.oneof(
  fc.constant(''),
  fc.webQueryParameters().map(query => `?${query}`),
  fc
    .tuple(fc.constantFrom('digest', 'mount', 'n', 'last', 'artifactType', 'from'), words)
    .map(pair => `?${pair.join('=')}&from=a`),
);
const bodies = fc.oneof(
  fc.constant(image.bytes),
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map(text => Buffer.from(text)),
  fc
    .record(
      {
        schemaVersion: fc.constantFrom(2, 1),
        config: fc.record({ mediaType: fc.string(), digest: digests, size: fc.nat(300) }),
        layers: fc.array(fc.record({ mediaType: fc.string(), digest: digests, size: fc.nat(300) }), {
          maxLength: 2,
        }),
        manifests: fc.array(
          fc.record({ mediaType: fc.constant(OCI_MANIFEST), digest: digests, size: fc.nat() }),
          { maxLength: 2 },
        ),
        annotations: fc.dictionary(fc.string(), fc.string()),
      },
      { requiredKeys: ['schemaVersion'] },
    )
    .map(manifest => Buffer.from(JSON.stringify(manifest))),
);
const questions = fc.record({
  method: fc.constantFrom(...METHODS),
  path: fc.tuple(routes, queries).map(([path, query]) => `${path}${query}`),
  headers: fc.record(
    {
      'Content-Type': fc.constantFrom(OCI_MANIFEST, OCI_INDEX, 'text/plain'),
      'Content-Range': fc.constantFrom('0-4', '9-1', 'x', 'bytes 0-1/2'),
      Range: fc.constantFrom('bytes=0-1', 'bytes=9999-', 'bytes=x'),
    },
    { requiredKeys: [] },
  ),
  body: bodies,
});

test('no request is answered with a failure of the server', async t => {
  const host = await serveRegistry(t);
  await push(client, { registry: host, repository: 'a', tag: 'one' }, image);
  await fc.assert(
    fc.asyncProperty(questions, async question => {
      const { status } = await rawRequest(host, question);
      t.true(status < 500, `${status} ${question.method} ${question.path}`);
    }),
    { numRuns: 1_500 },
  );
  t.is((await rawRequest(host, { path: '/v2/' })).status, 200);
});
