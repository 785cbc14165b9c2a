import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createEmbeddedRegistry } from '../../infra/local/registry/embedded-registry.ts';
import { rawRequest } from '../helpers/raw-request.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';
import { blobOf } from '../helpers/small-image.ts';

const blob = blobOf(Buffer.from('hello big world'));

async function begin(t: ExecutionContext) {
  const host = await serveRegistry(t);
  const { status, headers } = await rawRequest(host, { method: 'POST', path: '/v2/a/b/blobs/uploads/' });
  t.is(status, 202);
  const path = headers.location ?? '';
  const ask = async (method: string, { query = '', range = '', body = '' } = {}) => {
    const headers = range === '' ? {} : { 'Content-Range': range };
    const answer = await rawRequest(host, { method, path: `${path}${query}`, headers, body });
    return [answer.status, answer.headers.range, ...answer.codes];
  };
  const get = () => rawRequest(host, { path: `/v2/a/b/blobs/${blob.digest}` });
  return { host, path, ask, get };
}

const digest = `?digest=${encodeURIComponent(blob.digest)}`;

test('an upload takes the whole blob at its end', async t => {
  const { ask, get } = await begin(t);
  t.deepEqual(await ask('PUT', { query: digest, body: 'hello big world' }), [201, undefined]);
  t.is((await get()).body.toString(), 'hello big world');
});

test('an upload takes chunks where the last one ended, and nowhere else', async t => {
  const { ask, get } = await begin(t);
  t.deepEqual(await ask('GET'), [204, '0-0']);
  t.deepEqual(await ask('PATCH', { range: '0-4', body: 'hello' }), [202, '0-4']);
  t.deepEqual(await ask('PATCH', { range: '0-4', body: 'hello' }), [416, '0-4', 'BLOB_UPLOAD_INVALID']);
  t.deepEqual(await ask('PATCH', { range: '6-9', body: 'x' }), [416, '0-4', 'BLOB_UPLOAD_INVALID']);
  t.deepEqual(await ask('PATCH', { range: 'x', body: 'x' }), [400, undefined, 'BLOB_UPLOAD_INVALID']);
  t.deepEqual(await ask('PATCH', { body: ' big' }), [202, '0-8']);
  t.deepEqual(await ask('GET'), [204, '0-8']);
  t.deepEqual(await ask('PUT', { query: digest, range: '9-14', body: ' world' }), [201, undefined]);
  t.is((await get()).body.toString(), 'hello big world');
  t.deepEqual(await ask('GET'), [404, undefined, 'BLOB_UPLOAD_UNKNOWN']);
});

test('an upload is taken in one request', async t => {
  const host = await serveRegistry(t);
  const path = `/v2/a/b/blobs/uploads/${digest}`;
  const { status, headers } = await rawRequest(host, { method: 'POST', path, body: blob.bytes });
  t.is(status, 201);
  t.is(headers.location, `/v2/a/b/blobs/${blob.digest}`);
});

test('an upload with another digest is refused, and gone', async t => {
  const { ask, get, host } = await begin(t);
  t.deepEqual(await ask('PUT', { query: digest, body: 'hello' }), [400, undefined, 'DIGEST_INVALID']);
  t.deepEqual(await ask('PUT', { query: digest, body: 'hello big world' }), [
    404,
    undefined,
    'BLOB_UPLOAD_UNKNOWN',
  ]);
  const path = `/v2/a/b/blobs/uploads/${digest}`;
  t.deepEqual((await rawRequest(host, { method: 'POST', path, body: 'x' })).codes, ['DIGEST_INVALID']);
  t.is((await get()).status, 404);
});

test('an upload without a digest at its end goes on', async t => {
  const { ask } = await begin(t);
  for (const query of ['', '?digest=', '?digest=sha256:1', '?digest=md5:x']) {
    t.deepEqual(await ask('PUT', { query, body: 'hello' }), [400, undefined, 'DIGEST_INVALID']);
  }
  t.deepEqual(await ask('PUT', { query: digest, body: 'hello big world' }), [201, undefined]);
});

test('an upload is given up', async t => {
  const { ask } = await begin(t);
  t.deepEqual(await ask('DELETE'), [204, undefined]);
  t.deepEqual(await ask('DELETE'), [404, undefined, 'BLOB_UPLOAD_UNKNOWN']);
});

test('an upload belongs to its repository', async t => {
  const { host, path } = await begin(t);
  const { codes } = await rawRequest(host, { path: path.replace('/a/b/', '/a/c/') });
  t.deepEqual(codes, ['BLOB_UPLOAD_UNKNOWN']);
});

test('an upload that was cut off goes on where it ended', async t => {
  const { host, path, ask } = await begin(t);
  const content = randomBytes(300_000);
  const whole = blobOf(content);
  const [hostname, port] = host.split(':');
  const headers = { 'Content-Length': String(content.length), 'Content-Range': `0-${content.length - 1}` };
  const cut = request({ hostname, port, method: 'PATCH', path, headers });
  cut.on('error', () => {});
  cut.flushHeaders();
  cut.write(content.subarray(0, 200_000));
  // Bytes are on their way: cut once some of them are there.
  let size = 0;
  while (size < 100_000) size = sizeOf((await ask('GET'))[1]);
  const closed = new Promise(resolve => cut.once('close', resolve));
  cut.destroy();
  await closed;
  // A chunk of nothing has its turn after what was cut off.
  await ask('PATCH');
  size = sizeOf((await ask('GET'))[1]);
  t.true(size >= 100_000 && size <= 200_000, `${size}`);
  const rest = { 'Content-Range': `${size}-${content.length - 1}` };
  const body = content.subarray(size);
  t.is((await rawRequest(host, { method: 'PATCH', path, headers: rest, body })).status, 202);
  const end = `${path}?digest=${whole.digest}`;
  t.is((await rawRequest(host, { method: 'PUT', path: end })).status, 201);
  const served = await rawRequest(host, { path: `/v2/a/b/blobs/${whole.digest}` });
  t.true(served.body.equals(content));
});

function sizeOf(range: unknown): number {
  return Number(/^0-(\d+)$/.exec(String(range))?.[1]) + 1;
}

test('a mount takes a blob from where it is, and else begins an upload', async t => {
  const { host, ask } = await begin(t);
  await ask('PUT', { query: digest, body: 'hello big world' });
  const mount = async (from: string, digest = blob.digest) => {
    const path = `/v2/x/y/blobs/uploads/?mount=${digest}&from=${from}`;
    return (await rawRequest(host, { method: 'POST', path })).status;
  };
  t.is(await mount('a/c'), 202);
  t.is(await mount('../a/b'), 202);
  t.is(await mount('a/b', 'sha256:1'), 202);
  t.is((await rawRequest(host, { path: `/v2/x/y/blobs/${blob.digest}` })).status, 404);
  t.is(await mount('a%2Fb'), 201);
  t.is((await rawRequest(host, { path: `/v2/x/y/blobs/${blob.digest}` })).body.toString(), 'hello big world');
});

test('what a former process left of uploads is removed at the start', async t => {
  const root = await mkdtemp(join(tmpdir(), 'headway-registry-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'drafts'));
  await writeFile(join(root, 'drafts', 'left'), 'half a blob');
  createEmbeddedRegistry({ root });
  t.deepEqual(await readdir(join(root, 'drafts')), []);
});

test('a folder that cannot be written is an error at the start', t => {
  t.throws(() => createEmbeddedRegistry({ root: '/dev/null/registry' }), { code: 'ENOTDIR' });
});
