import type { IncomingMessage, ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import type { Credentials } from '../../shared/adapters/registry/credentials.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { serveHttp } from '../helpers/serve-http.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';
import { smallImage } from '../helpers/small-image.ts';

const ada = { username: 'ada', password: 'word' };
const image = smallImage('any');

type Place = {
  readonly registry: string;
  readonly asked: string[];
  readonly client: ReturnType<typeof open>;
};

const open = (known: Credentials | undefined) => createRegistryClient({ credentials: async () => known });

/** A registry with one image that wants a token, and its token server; every request is written down. */
async function tokenRegistry(
  t: ExecutionContext,
  { known = ada as Credentials | undefined, lifetime = 300, realm = '' } = {},
): Promise<Place> {
  const asked: string[] = [];
  let count = 0;
  const tokens = await serveHttp(t, async (request, response) => {
    const url = new URL(request.url ?? '', 'http://tokens');
    const form = new URLSearchParams(await new Response(request as never).text());
    const scopes = [...url.searchParams.getAll('scope'), ...form.getAll('scope')].join(' ');
    asked.push(`${request.method} token ${scopes}`);
    const basic = `Basic ${Buffer.from('ada:word').toString('base64')}`;
    if (request.headers.authorization !== basic && form.get('refresh_token') !== 'word') {
      response.writeHead(401).end('{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}');
      return;
    }
    count += 1;
    response.end(JSON.stringify({ token: `t${count} ${scopes}`.replaceAll(' ', '_'), expires_in: lifetime }));
  });
  const challenge = `Bearer realm="${realm || `http://${tokens}/token`}",service="registry"`;
  const registry = await serveHttp(t, (request, response) => {
    const authorization = request.headers.authorization ?? '';
    asked.push(`${request.method} ${authorization.split('_')[0] || 'nobody'}`);
    const wanted = request.method === 'PUT' ? 'pull,push' : 'pull';
    const right = authorization.startsWith('Bearer ') && authorization.includes(`repository:a/b:${wanted}`);
    if (right) answerImage(request, response);
    else
      response.writeHead(401, { 'WWW-Authenticate': challenge }).end('{"errors":[{"code":"UNAUTHORIZED"}]}');
  });
  return { registry, asked, client: open(known) };
}

function answerImage(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(request.method === 'PUT' ? 201 : 200, {
    'Content-Type': image.mediaType,
    'Docker-Content-Digest': image.digest,
    'Content-Length': request.method === 'PUT' ? 0 : image.bytes.length,
  });
  response.end(request.method === 'GET' ? image.bytes : undefined);
}

test('a token is fetched when it is asked for, and kept for its scope', async t => {
  const { registry, asked, client } = await tokenRegistry(t);
  const at = { registry, repository: 'a/b', tag: 'one' };
  for (const _ of [1, 2]) t.is((await client.head(at))?.digest, image.digest);
  t.deepEqual(asked, ['HEAD nobody', 'GET token repository:a/b:pull', 'HEAD Bearer t1', 'HEAD Bearer t1']);
});

test('moving a tag takes two requests and one token, which is fetched ahead once the registry is known', async t => {
  const { registry, asked, client } = await tokenRegistry(t);
  const at = { registry, repository: 'a/b', tag: 'one' };
  await client.head(at);
  asked.length = 0;
  await client.retag(at, image.digest, 'prod');
  t.deepEqual(asked, ['GET token repository:a/b:pull,push', 'GET Bearer t2', 'PUT Bearer t2']);
});

test('many who want the same token at once wait for one', async t => {
  const { registry, asked, client } = await tokenRegistry(t);
  const at = { registry, repository: 'a/b', tag: 'one' };
  await Promise.all(Array.from({ length: 10 }, () => client.head(at)));
  t.is(asked.filter(line => line.includes('token')).length, 1);
});

test('a token that is about to expire is replaced before it is used', async t => {
  const { registry, asked, client } = await tokenRegistry(t, { lifetime: 11 });
  const at = { registry, repository: 'a/b', tag: 'one' };
  await client.head(at);
  // Kept for a second: its eleven seconds less a margin of ten.
  await new Promise(resolve => setTimeout(resolve, 1_100));
  await client.head(at);
  t.deepEqual(asked.slice(-2), ['GET token repository:a/b:pull', 'HEAD Bearer t2']);
});

test('an identity token is exchanged by POST', async t => {
  const { registry, asked, client } = await tokenRegistry(t, {
    known: { username: '<token>', password: 'word' },
  });
  await client.head({ registry, repository: 'a/b', tag: 'one' });
  t.is(asked[1], 'POST token repository:a/b:pull');
});

test('a refusal of the token server is an error that does not name the password', async t => {
  const { registry, client } = await tokenRegistry(t, { known: { username: 'ada', password: 'wrong-word' } });
  const at = { registry, repository: 'a/b', tag: 'one' };
  const error = await t.throwsAsync(client.head(at), { instanceOf: RegistryError });
  t.like(error, { status: 401, temporary: false, codes: ['UNAUTHORIZED'] });
  t.notRegex(error.message, /wrong-word/);
});

test('credentials do not go to a token server that is no URL', async t => {
  for (const realm of ['ftp://x', '/token', 'x']) {
    const { registry, client } = await tokenRegistry(t, { realm });
    const at = { registry, repository: 'a/b', tag: 'one' };
    await t.throwsAsync(client.head(at), { instanceOf: RegistryError, message: /its token server/ });
  }
});

test('wrong credentials are an error, and not "not there"', async t => {
  const registry = await serveRegistry(t, { authorize: ({ password }) => password === 'right' });
  const at = { registry, repository: 'a/b', tag: 'one' };
  for (const known of [ada, undefined]) {
    const error = await t.throwsAsync(open(known).head(at), { instanceOf: RegistryError });
    t.like(error, { status: 401, temporary: false });
    t.deepEqual(error?.codes, []);
    t.regex(
      error.message,
      /^Cannot look up ".*\/a\/b:one": .* answered 401; check the user name and password/,
    );
    await t.throwsAsync(open(known).retag(at, image.digest, 'x'), { message: /401 \(UNAUTHORIZED: / });
  }
});

test('credentials that changed are asked for again when the old ones are refused', async t => {
  const right = { username: 'ada', password: 'one' };
  const registry = await serveRegistry(t, { authorize: ({ password }) => password === right.password });
  const client = createRegistryClient({ credentials: async () => ({ ...right }) });
  const at = { registry, repository: 'a/b', tag: 'one' };
  t.is(await client.head(at), undefined);
  right.password = 'two';
  t.is(await client.head(at), undefined);
});
