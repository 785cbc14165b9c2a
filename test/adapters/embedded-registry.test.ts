import test from 'ava';
import type { Push } from '../../infra/local/registry/embedded-registry.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import { collect } from '../helpers/collect.ts';
import { rawRequest } from '../helpers/raw-request.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';
import { blobOf, contentOf, indexOf, push, smallImage } from '../helpers/small-image.ts';

const client = createRegistryClient({ credentials: async () => undefined });
const image = smallImage('any');
const at = (registry: string, tag = 'one') => ({ registry, repository: 'a/b', tag });

test('the API says that it is there, to those who may know', async t => {
  const open = await rawRequest(await serveRegistry(t), { path: '/v2/' });
  t.is(open.status, 200);
  t.is(open.headers['docker-distribution-api-version'], 'registry/2.0');
  const closed = await serveRegistry(t, {
    authorize: ({ username, password }) => `${username}:${password}` === 'a:b:c',
  });
  for (const path of ['/v2/', '/v2/a/manifests/x', '/nothing']) {
    const refused = await rawRequest(closed, { path });
    t.is(refused.status, 401);
    t.is(refused.headers['www-authenticate'], 'Basic realm="headway"');
    t.deepEqual(refused.codes, ['UNAUTHORIZED']);
  }
  const login = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  t.is((await rawRequest(closed, { path: '/v2/', headers: login('a:b:c') })).status, 200);
  for (const headers of [
    login('a:b'),
    login('abc'),
    { authorization: 'Bearer x' },
    { authorization: 'Basic' },
  ]) {
    t.is((await rawRequest(closed, { path: '/v2/', headers })).status, 401);
  }
});

test('a push is told of once it is stored, with its tag or without', async t => {
  const pushes: Push[] = [];
  const host: string = await serveRegistry(t, {
    onPush: async push => {
      t.is((await client.head({ ...at(host), digest: push.digest }))?.digest, push.digest);
      pushes.push(push);
    },
  });
  await push(client, at(host), image);
  await push(client, { registry: host, repository: 'a/b' }, image);
  const told = { repository: 'a/b', digest: image.digest, mediaType: image.mediaType };
  t.deepEqual(pushes, [{ ...told, tag: 'one' }, told]);
});

test('a push that could not be told of is not acknowledged', async t => {
  const errors: unknown[] = [];
  const host = await serveRegistry(t, {
    onPush: () => Promise.reject(new Error('the disk is full')),
    onError: error => errors.push(error),
  });
  await t.throwsAsync(push(client, at(host), image), {
    message: /answered 500 \(UNKNOWN: the registry failed/,
  });
  t.regex(String(errors[0]), /the disk is full/);
});

test('lists come in pages, sorted, with a link to the next', async t => {
  const host = await serveRegistry(t, { pageSize: 3 });
  await push(client, at(host, 'a'), image);
  for (const tag of ['c', 'B', 'd', 'e', '_f', 'g.h']) {
    await client.retag(at(host), image.digest, tag);
  }
  t.deepEqual(await collect(client.tags(at(host))), ['B', '_f', 'a', 'c', 'd', 'e', 'g.h']);
  const list = async (query: string) => {
    const { body, headers } = await rawRequest(host, { path: `/v2/a/b/tags/list${query}` });
    return { tags: JSON.parse(body.toString()).tags, link: headers['link'] };
  };
  t.deepEqual(await list('?n=2'), { tags: ['B', '_f'], link: '</v2/a/b/tags/list?n=2&last=_f>; rel="next"' });
  t.deepEqual(await list('?n=2&last=d'), { tags: ['e', 'g.h'], link: undefined });
  t.deepEqual(await list('?n=0'), { tags: [], link: undefined });
  t.deepEqual(await list('?last=zz'), { tags: [], link: undefined });
  t.deepEqual((await rawRequest(host, { path: '/v2/a/b/tags/list?n=-1' })).codes, [
    'PAGINATION_NUMBER_INVALID',
  ]);
  for (const repository of ['a', 'a/b/c', 'z']) await push(client, { ...at(host), repository }, image);
  const { body, headers } = await rawRequest(host, { path: '/v2/_catalog?n=2' });
  t.deepEqual(JSON.parse(body.toString()), { repositories: ['a', 'a/b'] });
  t.is(headers['link'], '</v2/_catalog?n=2&last=a%2Fb>; rel="next"');
});

const refusesManifest = test.macro({
  async exec(
    t,
    edit: (manifest: Record<string, unknown>) => unknown,
    expected: string,
    mediaType: string = OCI_MANIFEST,
  ) {
    const host = await serveRegistry(t);
    await push(client, at(host), image);
    const body = JSON.stringify(edit(JSON.parse(Buffer.from(image.bytes).toString())));
    const headers = { 'Content-Type': mediaType };
    const answer = await rawRequest(host, { method: 'PUT', path: '/v2/a/b/manifests/x', headers, body });
    t.deepEqual([answer.status, answer.codes], [400, [expected]], answer.body.toString());
    t.is(await client.head(at(host, 'x')), undefined);
  },
  title: (name = '') => `a manifest is refused ${name}`,
});
const other = digestOf(Buffer.from('other'));
test('that is a string', refusesManifest, () => 'x', 'MANIFEST_INVALID');
test('that is null', refusesManifest, () => null, 'MANIFEST_INVALID');
test('of schema 1', refusesManifest, m => ({ ...m, schemaVersion: 1 }), 'MANIFEST_INVALID');
test('without a configuration', refusesManifest, ({ config, ...rest }) => rest, 'MANIFEST_INVALID');
test('that says it is of another type', refusesManifest, m => m, 'MANIFEST_INVALID', DOCKER_MANIFEST);
test('of a type that nobody knows', refusesManifest, m => m, 'MANIFEST_INVALID', 'text/plain');
test(
  'with a digest that is none',
  refusesManifest,
  m => ({ ...m, config: { mediaType: 'x', size: 1, digest: '../../etc/passwd' } }),
  'MANIFEST_INVALID',
);
test(
  'with a layer that is not there',
  refusesManifest,
  m => ({ ...m, layers: [{ mediaType: 'x', size: 5, digest: other }] }),
  'MANIFEST_BLOB_UNKNOWN',
);
test(
  'with a layer of another size',
  refusesManifest,
  m => ({ ...m, layers: [{ mediaType: 'x', size: 5, digest: image.blobs[1].digest }] }),
  'MANIFEST_INVALID',
);
test(
  'with a child that is not there',
  refusesManifest,
  () => ({ schemaVersion: 2, manifests: [{ mediaType: OCI_MANIFEST, size: 5, digest: other }] }),
  'MANIFEST_BLOB_UNKNOWN',
  OCI_INDEX,
);
test(
  'with a child of another type',
  refusesManifest,
  () => ({ schemaVersion: 2, manifests: [{ mediaType: DOCKER_MANIFEST, size: 5, digest: image.digest }] }),
  'MANIFEST_INVALID',
  OCI_INDEX,
);

test('a manifest is refused under a wrong digest, under no name, and beyond 4 MiB', async t => {
  const host = await serveRegistry(t);
  await push(client, at(host), image);
  const put = async (reference: string, body: Uint8Array = image.bytes) => {
    const headers = { 'Content-Type': image.mediaType };
    const { status, codes } = await rawRequest(host, {
      method: 'PUT',
      path: `/v2/a/b/manifests/${reference}`,
      headers,
      body,
    });
    return [status, ...codes];
  };
  t.deepEqual(await put(other), [400, 'DIGEST_INVALID']);
  t.deepEqual(await put('.x'), [400, 'MANIFEST_INVALID']);
  t.deepEqual(await put('x'.repeat(129)), [400, 'MANIFEST_INVALID']);
  t.deepEqual(await put('x', Buffer.alloc(4 * 1024 * 1024 + 1, ' ')), [413, 'MANIFEST_INVALID']);
  t.deepEqual(await put('x'), [201]);
});

test('a blob is served whole or in part', async t => {
  const host = await serveRegistry(t);
  const blob = blobOf(Buffer.from('0123456789'));
  await client.ensureBlob(at(host), blob, { content: contentOf(blob) });
  const get = async (range?: string) => {
    const headers = range === undefined ? {} : { range };
    const path = `/v2/a/b/blobs/${blob.digest}`;
    const { status, headers: said, body } = await rawRequest(host, { path, headers });
    return [status, said['content-range'], status === 416 ? '' : body.toString()];
  };
  t.deepEqual(await get(), [200, undefined, '0123456789']);
  t.deepEqual(await get('bytes=2-4'), [206, 'bytes 2-4/10', '234']);
  t.deepEqual(await get('bytes=8-'), [206, 'bytes 8-9/10', '89']);
  t.deepEqual(await get('bytes=8-99'), [206, 'bytes 8-9/10', '89']);
  t.deepEqual(await get('bytes=-3'), [206, 'bytes 7-9/10', '789']);
  t.deepEqual(await get('bytes=-99'), [206, 'bytes 0-9/10', '0123456789']);
  for (const beyond of ['bytes=10-', 'bytes=-0']) t.deepEqual(await get(beyond), [416, 'bytes */10', '']);
  for (const odd of ['bytes=4-2', 'bytes=-', 'bytes=0-1,3-4', 'lines=1-2']) {
    t.deepEqual(await get(odd), [200, undefined, '0123456789']);
  }
  const head = await rawRequest(host, { method: 'HEAD', path: `/v2/a/b/blobs/${blob.digest}` });
  t.like(head.headers, { 'content-length': '10', 'docker-content-digest': blob.digest });
});

test('an empty blob is a blob', async t => {
  const host = await serveRegistry(t);
  const blob = blobOf(Buffer.from(''));
  await client.ensureBlob(at(host), blob, { content: contentOf(blob) });
  t.is((await client.blob(at(host), blob.digest)).length, 0);
});

test('a blob of one repository is not seen in another', async t => {
  const host = await serveRegistry(t);
  await push(client, at(host), image);
  const path = `/v2/a/c/blobs/${image.blobs[0].digest}`;
  t.deepEqual((await rawRequest(host, { path })).codes, ['BLOB_UNKNOWN']);
  t.is((await rawRequest(host, { path: `/v2/a/c/manifests/${image.digest}` })).status, 404);
});

test('a tag, a manifest with its tags, and a blob are deleted on their own', async t => {
  const host = await serveRegistry(t);
  await push(client, at(host), image);
  for (const tag of ['two', 'three']) await client.retag(at(host), image.digest, tag);
  const remove = async (path: string) => {
    const { status, codes } = await rawRequest(host, { method: 'DELETE', path: `/v2/a/b/${path}` });
    return [status, ...codes];
  };
  t.deepEqual(await remove('manifests/two'), [202]);
  t.deepEqual(await remove('manifests/two'), [404, 'MANIFEST_UNKNOWN']);
  t.deepEqual(await collect(client.tags(at(host))), ['one', 'three']);
  t.deepEqual(await remove(`manifests/${image.digest}`), [202]);
  t.deepEqual(await remove(`manifests/${image.digest}`), [404, 'MANIFEST_UNKNOWN']);
  t.deepEqual(await collect(client.tags(at(host))), []);
  t.is(await client.head(at(host)), undefined);
  t.deepEqual(await remove(`blobs/${image.blobs[0].digest}`), [202]);
  t.deepEqual(await remove(`blobs/${image.blobs[0].digest}`), [404, 'BLOB_UNKNOWN']);
  t.is(await push(client, at(host), image), image.digest);
});

test('what refers to an image is listed, by its kind', async t => {
  const host = await serveRegistry(t);
  await push(client, at(host), image);
  const empty = blobOf(Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
  await client.ensureBlob(at(host), empty, { content: contentOf(empty) });
  const { bytes: _, ...config } = empty;
  const subject = { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length };
  const annotations = { by: 'ada' };
  const common = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [config], subject };
  const signature = Buffer.from(
    JSON.stringify({ ...common, artifactType: 'application/x-signature', annotations }),
  );
  const list = Buffer.from(JSON.stringify(common));
  for (const body of [signature, list]) {
    const path = `/v2/a/b/manifests/${digestOf(body)}`;
    const headers = { 'Content-Type': OCI_MANIFEST };
    const stored = await rawRequest(host, { method: 'PUT', path, headers, body });
    t.is(stored.headers['oci-subject'], image.digest);
  }
  const ask = async (query = '') => {
    const { headers, body } = await rawRequest(host, { path: `/v2/a/b/referrers/${image.digest}${query}` });
    return { headers, manifests: JSON.parse(body.toString()).manifests as unknown[] };
  };
  const all = await ask();
  t.is(all.headers['content-type'], OCI_INDEX);
  t.is(all.manifests.length, 2);
  const signatures = await ask('?artifactType=application/x-signature');
  t.is(signatures.headers['oci-filters-applied'], 'artifactType');
  t.deepEqual(signatures.manifests, [
    {
      mediaType: OCI_MANIFEST,
      digest: digestOf(signature),
      size: signature.length,
      artifactType: 'application/x-signature',
      annotations,
    },
  ]);
  t.is((await ask(`?artifactType=${config.mediaType}`)).manifests.length, 1);
  const none = await rawRequest(host, { path: `/v2/a/b/referrers/${other}` });
  t.is(none.status, 200);
});

test('many who push the same and other images at once all get through', async t => {
  const host = await serveRegistry(t);
  const images = [1, 2, 3].map(count => smallImage(`${count}`));
  const index = indexOf(images);
  await Promise.all(
    [...images, ...images, ...images].map((image, place) => push(client, at(host, `t${place}`), image)),
  );
  await client.putManifest(at(host, 'all'), index.mediaType, index.bytes);
  for (const place of images.keys()) {
    t.is((await client.manifest(at(host, `t${place}`)))?.digest, images[place]?.digest);
  }
});
