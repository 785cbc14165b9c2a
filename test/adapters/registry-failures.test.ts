import type { ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { collect } from '../helpers/collect.ts';
import { serveHttp } from '../helpers/serve-http.ts';
import { blobOf, contentOf, smallImage } from '../helpers/small-image.ts';

const image = smallImage('any');
const WHOLE = {
  'Content-Type': image.mediaType,
  'Docker-Content-Digest': image.digest,
  'Content-Length': image.bytes.length,
};

/** The nth request gets the nth answer, and the last one for ever. */
async function place(t: ExecutionContext, ...answers: readonly ((response: ServerResponse) => void)[]) {
  const asked: string[] = [];
  const registry = await serveHttp(t, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    answers[Math.min(asked.length, answers.length) - 1]?.(response);
  });
  const client = createRegistryClient({ credentials: async () => undefined, timeouts: { answer: 2_000 } });
  return { client, asked, at: { registry, repository: 'a/b', tag: 'one' } };
}

const whole = (response: ServerResponse) => response.writeHead(200, WHOLE).end();
const content = (response: ServerResponse) => response.writeHead(200, WHOLE).end(image.bytes);
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(code, headers).end();
const gone = (response: ServerResponse) => response.destroy();

for (const [title, blip] of [
  ['429 with Retry-After', status(429, { 'Retry-After': '0' })],
  ['502', status(502)],
  ['503', status(503)],
  ['504', status(504)],
  ['a lost connection', gone],
] as const) {
  test(`two times ${title} are got over`, async t => {
    const { client, asked, at } = await place(t, blip, blip, whole);
    t.is((await client.head(at))?.digest, image.digest);
    t.is(asked.length, 3);
  });

  test(`three times ${title} are an error that may pass`, async t => {
    const { client, asked, at } = await place(t, blip);
    const error = await t.throwsAsync(client.head(at), { instanceOf: RegistryError });
    t.true(error.temporary);
    t.is(asked.length, 3);
  });
}

test('a wait of a date is measured against the clock of the registry', async t => {
  const date = 'Fri, 01 Jan 2044 00:00:00 GMT';
  const later = status(503, { Date: date, 'Retry-After': 'Fri, 01 Jan 2044 00:00:01 GMT' });
  const { client, at } = await place(t, later, whole);
  const start = performance.now();
  await client.head(at);
  t.true(performance.now() - start > 990);
});

test('a longer wait than five seconds is left to the caller', async t => {
  const { client, asked, at } = await place(t, status(429, { 'Retry-After': '60' }));
  const error = await t.throwsAsync(client.head(at), { instanceOf: RegistryError });
  t.like(error, { retryAfter: 60_000, temporary: true, status: 429 });
  t.is(asked.length, 1);
});

test('a registry that hangs meets the deadline, once', async t => {
  for (const hangs of [() => {}, (response: ServerResponse) => response.writeHead(200, WHOLE).write('{')]) {
    const { client, asked, at } = await place(t, hangs);
    const start = performance.now();
    const error = await t.throwsAsync(client.manifest(at), { instanceOf: RegistryError });
    t.regex(error.message, /did not answer in time/);
    t.true(error.temporary);
    t.true(performance.now() - start < 5_000);
    t.is(asked.length, 1);
  }
});

test("the caller's signal ends a move of a tag with its reason", async t => {
  const { client, asked, at } = await place(t, () => caller.abort(new Error('shutting down')));
  const caller = new AbortController();
  await t.throwsAsync(client.retag(at, image.digest, 'prod', caller.signal), { message: 'shutting down' });
  t.is(asked.length, 1);
});

test('nobody at the address is an error that may pass', async t => {
  const client = createRegistryClient({ credentials: async () => undefined });
  const at = { registry: '127.0.0.1:1', repository: 'a/b', tag: 'one' };
  const error = await t.throwsAsync(client.head(at), { instanceOf: RegistryError });
  t.true(error.temporary);
  t.regex(
    error.message,
    /^Cannot look up "127.0.0.1:1\/a\/b:one": .*ECONNREFUSED.*; see whether the registry is up/,
  );
});

const errors = (...codes: string[]) =>
  JSON.stringify({ errors: codes.map(code => ({ code, message: 'x' })) });
const absent = test.macro({
  async exec(t, body: string, expected: boolean) {
    const { client, at } = await place(t, response => response.writeHead(404).end(body));
    if (expected) t.is(await client.head(at), undefined);
    else await t.throwsAsync(client.head(at), { instanceOf: RegistryError, message: /answered 404/ });
  },
  title: (name = '') => `a 404 ${name}`,
});
test('with MANIFEST_UNKNOWN is "not there"', absent, errors('MANIFEST_UNKNOWN'), true);
test('with NAME_UNKNOWN is "not there"', absent, errors('NAME_UNKNOWN'), true);
test('with Harbor\'s NOT_FOUND is "not there"', absent, errors('NOT_FOUND'), true);
test('with another code is an error', absent, errors('UNSUPPORTED'), false);
test('of a web server is an error', absent, '<html>Not Found</html>', false);
test('with nothing is an error', absent, '', false);
test('with JSON of another shape is an error', absent, '{"errors":[null,{"code":4}]}', false);

test('HEAD without a digest is followed by GET, whose bytes are hashed', async t => {
  const { 'Docker-Content-Digest': _, ...headers } = WHOLE;
  const { client, asked, at } = await place(t, response => response.writeHead(200, headers).end(image.bytes));
  t.deepEqual(await client.head(at), {
    digest: image.digest,
    mediaType: image.mediaType,
    size: image.bytes.length,
  });
  t.deepEqual(asked, ['HEAD /v2/a/b/manifests/one', 'GET /v2/a/b/manifests/one']);
});

const mistrusts = test.macro({
  async exec(t, headers: Record<string, string | number>, expected: RegExp) {
    const { client, at } = await place(t, response =>
      response.writeHead(200, { ...WHOLE, ...headers }).end(image.bytes),
    );
    await t.throwsAsync(client.manifest(at), { instanceOf: RegistryError, message: expected });
    await t.throwsAsync(client.retag(at, image.digest, 'prod'), { instanceOf: RegistryError });
  },
  title: (name = '') => `${name} is an error, never a digest`,
});
const schema1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
test(
  'a converted schema 1 manifest',
  mistrusts,
  { 'Content-Type': schema1 },
  /which is not an image manifest/,
);
test('a web page', mistrusts, { 'Content-Type': 'text/html' }, /which is not an image manifest/);
test(
  'a digest that is not one',
  mistrusts,
  { 'Docker-Content-Digest': 'sha256:1' },
  /its digest is sha256:1, /,
);
test(
  'a digest of other bytes',
  mistrusts,
  { 'Docker-Content-Digest': digestOf(Buffer.from('other')) },
  new RegExp(`its digest is ${image.digest}, expected sha256:`),
);

test('a registry that stores other bytes under the tag is found out', async t => {
  const other = status(201, { 'Docker-Content-Digest': digestOf(Buffer.from('other')) });
  const { client, at } = await place(t, content, other);
  await t.throwsAsync(client.retag(at, image.digest, 'prod'), {
    message: /^Cannot trust manifest ".*:prod": its digest is/,
  });
});

test('a blob that was cut short or changed is an error at its end', async t => {
  const blob = blobOf(Buffer.from('hello world'));
  const cut = (response: ServerResponse) => {
    response.writeHead(200, { 'Content-Length': blob.size }).write('hello', () => response.destroy());
  };
  const { client, at } = await place(t, cut);
  const error = await t.throwsAsync(collect(client.content(at, blob.digest)), { instanceOf: RegistryError });
  t.true(error.temporary);
  const changed = await place(t, response => response.end('hello earth'));
  await t.throwsAsync(collect(changed.client.content(changed.at, blob.digest)), {
    message: /its digest is sha256/,
  });
});

test('an upload that breaks is begun again, with its content read again', async t => {
  const blob = blobOf(Buffer.from('hello world'));
  const begun = status(202, { Location: '/v2/a/b/blobs/uploads/1?_state=a%2Bb' });
  const { client, asked, at } = await place(t, status(404), begun, gone, status(404), begun, status(201));
  await client.ensureBlob(at, blob, { content: contentOf(blob) });
  t.is(asked.length, 6);
  t.is(asked[5], `PUT /v2/a/b/blobs/uploads/1?_state=a%2Bb&digest=${encodeURIComponent(blob.digest)}`);
});
