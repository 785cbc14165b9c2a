import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { collect } from '../helpers/collect.ts';
import { serveHttp } from '../helpers/serve-http.ts';
import { blobOf, contentOf, smallImage } from '../helpers/small-image.ts';

const blob = blobOf(Buffer.from('hello world'));

type Seen = { readonly url: string; readonly headers: IncomingHttpHeaders };

/** A registry that wants a password, and answers each path as told; and a server elsewhere. */
async function places(t: ExecutionContext, paths: Record<string, (response: ServerResponse) => void>) {
  const stored: Seen[] = [];
  const storage = await serveHttp(t, (request, response) => {
    stored.push({ url: request.url ?? '', headers: request.headers });
    request.resume();
    if (request.method === 'PUT') response.writeHead(201).end();
    else response.end(blob.bytes);
  });
  const seen: Seen[] = [];
  const registry = await serveHttp(t, (request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers });
    request.resume();
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
      return;
    }
    const path = (request.url ?? '').replace(/^\/v2\/a\/b/, '').split('?')[0] ?? '';
    (paths[`${request.method} ${path}`] ?? (response => response.writeHead(404).end()))(response);
  });
  const known = async () => ({ username: 'ada', password: 'word' });
  const client = createRegistryClient({ credentials: known, timeouts: { answer: 5_000 } });
  const leads = { storage: `http://${storage}/there?signature=secret` };
  return { client, at: { registry, repository: 'a/b', tag: 'one' }, stored, seen, leads };
}

const to = (status: number, location: () => string) => (response: ServerResponse) =>
  response.writeHead(status, { Location: location() }).end();

test('a blob is read from where the registry leads, without credentials there', async t => {
  const place = await places(t, { [`GET /blobs/${blob.digest}`]: to(307, () => place.leads.storage) });
  t.deepEqual(Buffer.from(await place.client.blob(place.at, blob.digest)), Buffer.from(blob.bytes));
  t.deepEqual(
    Buffer.concat(await collect(place.client.content(place.at, blob.digest))),
    Buffer.from(blob.bytes),
  );
  t.deepEqual(
    place.stored.map(({ headers }) => headers.authorization),
    [undefined, undefined],
  );
});

test('a redirect within the registry keeps the credentials', async t => {
  const place = await places(t, {
    [`GET /blobs/${blob.digest}`]: to(302, () => '/v2/a/b/elsewhere'),
    'GET /elsewhere': response => response.end(blob.bytes),
  });
  await place.client.blob(place.at, blob.digest);
  t.regex(place.seen.at(-1)?.headers.authorization ?? '', /^Basic /);
});

test('redirects that never end are an error', async t => {
  const place = await places(t, {
    [`GET /blobs/${blob.digest}`]: to(302, () => `/v2/a/b/blobs/${blob.digest}`),
  });
  await t.throwsAsync(place.client.blob(place.at, blob.digest), {
    instanceOf: RegistryError,
    message: /too many redirects/,
  });
});

test('a redirect without a usable Location is an error', async t => {
  for (const location of ['', 'http://[']) {
    const place = await places(t, { [`GET /blobs/${blob.digest}`]: to(302, () => location) });
    await t.throwsAsync(place.client.blob(place.at, blob.digest), { message: /without a usable Location/ });
  }
});

test('a manifest is never written to where a redirect leads', async t => {
  const image = smallImage('any');
  const place = await places(t, { 'PUT /manifests/one': to(307, () => place.leads.storage) });
  const error = await t.throwsAsync(place.client.putManifest(place.at, image.mediaType, image.bytes), {
    instanceOf: RegistryError,
  });
  t.is(error.status, 307);
  t.is(place.stored.length, 0);
});

test('an upload goes where the registry says, without credentials elsewhere', async t => {
  const place = await places(t, { 'POST /blobs/uploads/': to(202, () => place.leads.storage) });
  await place.client.ensureBlob(place.at, blob, { content: contentOf(blob) });
  t.is(place.stored.length, 1);
  t.is(place.stored[0]?.headers.authorization, undefined);
});

const tags =
  (link: () => string, ...names: string[]) =>
  (response: ServerResponse) =>
    response.writeHead(200, { Link: link() }).end(JSON.stringify({ tags: names }));

test('pages of tags are followed on the registry, and nowhere else', async t => {
  const place = await places(t, {
    'GET /tags/list': tags(() => '</v2/a/b/more?n=1>; rel="next"', 'x'),
    'GET /more': tags(() => `<${place.leads.storage}>; rel="next"`, 'y'),
  });
  const found: string[] = [];
  const error = await t.throwsAsync(
    async () => {
      for await (const tag of place.client.tags(place.at)) found.push(tag);
    },
    { instanceOf: RegistryError, message: /its next page is elsewhere/ },
  );
  t.deepEqual(found, ['x', 'y']);
  t.is(place.stored.length, 0);
  t.notRegex(error.message, /secret/);
});

test('pages of tags that go round in a circle are an error', async t => {
  const place = await places(t, {
    'GET /tags/list': tags(() => '</v2/a/b/tags/list?n=1000>; rel=next', 'x'),
  });
  await t.throwsAsync(collect(place.client.tags(place.at)), { message: /go round in a circle/ });
});

test('a list of tags that is null is empty, and one that is not a list is an error', async t => {
  const none = await places(t, { 'GET /tags/list': response => response.end('{"name":"a/b","tags":null}') });
  t.deepEqual(await collect(none.client.tags(none.at)), []);
  for (const body of ['{"tags":"x"}', '{"tags":[1]}', 'hello']) {
    const odd = await places(t, { 'GET /tags/list': response => response.end(body) });
    await t.throwsAsync(collect(odd.client.tags(odd.at)), { instanceOf: RegistryError });
  }
});
