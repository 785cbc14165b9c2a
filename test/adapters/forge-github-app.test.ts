import { generateKeyPairSync } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { serveGitHub } from '../helpers/forge-servers/github-server.ts';
import { openForge } from '../helpers/forge-servers/open-forge.ts';
import { createGitRepository } from '../helpers/git-repository.ts';

const MINUTE = 60_000;
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const other = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});

async function place(
  t: ExecutionContext,
  { key = keys.privateKey, url = 'https://github.com/acme/app', report = false } = {},
) {
  const repository = await createGitRepository(t);
  const shas = await repository.grow([{ name: 'one' }]);
  await repository.branch('main', 'one');
  let time = Date.parse('2030-01-01T00:00:00Z');
  const now = () => time;
  const server = await serveGitHub(t, repository, { app: { publicKey: keys.publicKey, now } });
  const app = { appId: 7, installationId: 42, privateKey: 'env://KEY' };
  const repo = { forge: 'github', url, api: server.origin, app, report };
  const open = () => openForge(t, repo, { secrets: { KEY: key }, now });
  const pass = (milliseconds: number) => (time += milliseconds);
  return { server, open, pass, one: shas['one'] };
}

test('an App gets a token that may only read this repository, once for all who ask', async t => {
  const { server, open, one } = await place(t);
  const forge = await open();
  const heads = await Promise.all(Array.from({ length: 5 }, () => forge.head('app', 'main')));
  t.deepEqual(new Set(heads), new Set([one]));
  const logins = server.asked.filter(({ method }) => method === 'POST');
  t.deepEqual(
    logins.map(({ url, body }) => [url.pathname, JSON.parse(body.toString())]),
    [['/app/installations/42/access_tokens', { repositories: ['app'], permissions: { contents: 'read' } }]],
  );
});

test('an App that is to report gets a token for that too, and is told what it lacks', async t => {
  const { server, open, one = '' } = await place(t, { report: true });
  const forge = await open();
  await forge.report('app', one, { state: 'success', context: 'headway/api', description: 'Built' });
  const permissions = { contents: 'read', checks: 'write' };
  t.deepEqual(JSON.parse(server.asked[0]?.body.toString() ?? ''), { repositories: ['app'], permissions });
  t.like(server.checks[0], {
    name: 'headway/api',
    head_sha: one,
    status: 'completed',
    conclusion: 'success',
    output: { title: 'Built', summary: 'Built' },
  });
  const words = 'The permissions requested are not granted to this installation.';
  server.before(() => ({ status: 422, body: { message: words } }));
  const other = await open();
  await t.throwsAsync(other.head('app', 'main'), {
    name: 'PermanentError',
    message: /not granted .*with the permission "Contents: read" and "Checks: write"/,
  });
});

test('the token is renewed shortly before it ends', async t => {
  const { server, open, pass } = await place(t);
  const forge = await open();
  await forge.head('app', 'main');
  pass(54 * MINUTE);
  await forge.head('app', 'main');
  t.deepEqual(server.issued, ['ghs_1']);
  pass(2 * MINUTE);
  await forge.head('app', 'main');
  t.deepEqual(server.issued, ['ghs_1', 'ghs_2']);
});

test('a token that was revoked is renewed at once, and tried once', async t => {
  const { server, open, one } = await place(t);
  const forge = await open();
  await forge.head('app', 'main');
  server.issued.push('somebody elses');
  t.is(await forge.head('app', 'main'), one);
  server.before(({ method }) =>
    method === 'GET' ? { status: 401, body: { message: 'Bad credentials' } } : undefined,
  );
  const count = server.asked.length;
  await t.throwsAsync(forge.head('app', 'main'), {
    name: 'PermanentError',
    message: /the App is wrong, expired or revoked/,
  });
  t.is(server.asked.length, count + 3);
});

test('a token that GitHub issued is in no message', async t => {
  const { server, open } = await place(t);
  const forge = await open();
  await forge.head('app', 'main');
  server.before(() => ({ status: 403, body: { message: 'ghs_1 may not' } }));
  await t.throwsAsync(forge.head('app', 'main'), {
    message: /answered 403 \(\*\*\* may not\); give the App the permission/,
  });
});

test('a key on one line is taken', async t => {
  const { open, one } = await place(t, { key: keys.privateKey.replaceAll('\n', '\\n') });
  t.is(await (await open()).head('app', 'main'), one);
});

for (const [title, key] of [
  ['text', 'hunter2'],
  ['of another kind', String(elliptic)],
] as const) {
  test(`a key that is ${title} is refused at once, and not shown`, async t => {
    const { open } = await place(t, { key });
    const error = await t.throwsAsync(open(), {
      name: 'PermanentError',
      message: /^Cannot use the private key of GitHub App 7: it is no RSA key/,
    });
    t.notRegex(String(error?.stack), /hunter2/);
  });
}

test("another App's key, and an installation elsewhere, say what to do", async t => {
  const wrong = await place(t, { key: other.privateKey });
  await t.throwsAsync((await wrong.open()).head('app', 'main'), {
    name: 'PermanentError',
    message:
      /^Cannot log in as GitHub App 7, installation 42, for acme\/app: .*; check its number and its private key$/,
  });
  const elsewhere = await place(t, { url: 'https://github.com/acme/else' });
  await t.throwsAsync((await elsewhere.open()).head('app', 'main'), {
    name: 'PermanentError',
    message:
      /answered 422 .*; install the App where acme\/else is, for that repository, with the permission "Contents: read"$/,
  });
});
