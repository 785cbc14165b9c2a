import type { IncomingMessage, ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { NoGoogleCredentials } from '../../shared/adapters/google/access-token.ts';
import { createGoogleSecrets } from '../../shared/adapters/google/google-secrets.ts';
import { createSecrets } from '../../shared/runtime/secrets/create-secrets.ts';
import { readSecretFile } from '../../shared/runtime/secrets/read-secret-file.ts';
import { serveHttp } from '../helpers/serve-http.ts';

const TOKEN = 'ya29.an-access-token';

type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> };

/** A keeper of the secret `webhook`, answering as Secret Manager's REST API is published to. */
async function openKeeper(t: ExecutionContext, token = async () => TOKEN) {
  const asked: string[] = [];
  const next: Answer[] = [];
  const versions = ['the first value', 'the second value'];
  const host = await serveHttp(t, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(response, next.shift() ?? access(request, versions));
  });
  let now = 0;
  const clock = { now: () => now };
  const keeper = createGoogleSecrets({ project: 'acme', clock, token, url: `http://${host}` });
  return { keeper, asked, next, versions, pass: (milliseconds: number) => (now += milliseconds) };
}

function access({ url, headers }: IncomingMessage, versions: readonly string[]): Answer {
  if (headers.authorization !== `Bearer ${TOKEN}`) return failure(401, 'UNAUTHENTICATED');
  const path = /^\/v1\/projects\/acme\/secrets\/webhook\/versions\/(latest|\d+):access$/.exec(url ?? '');
  const number = path?.[1] === 'latest' ? versions.length : Number(path?.[1]);
  const text = versions[number - 1];
  if (text === undefined) return failure(404, 'NOT_FOUND');
  const name = `projects/1234/secrets/webhook/versions/${number}`;
  const data = Buffer.from(text).toString('base64');
  return { status: 200, body: { name, payload: { data, dataCrc32c: '2345' } } };
}

function failure(code: number, status: string, reason?: string): Answer {
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.Help' },
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' },
  ];
  return { status: code, body: { error: { code, status, message: 'do-not-repeat-me', details } } };
}

function answer(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const latest = { name: 'webhook', version: 'latest' };

test('read() gives the newest version of a secret, or the one that is asked for', async t => {
  const { keeper, asked } = await openKeeper(t);
  t.deepEqual(await keeper.read(latest), { text: 'the second value' });
  t.deepEqual(await keeper.read({ name: 'webhook', version: '1' }), { text: 'the first value' });
  t.deepEqual(asked, [
    'GET /v1/projects/acme/secrets/webhook/versions/latest:access',
    'GET /v1/projects/acme/secrets/webhook/versions/1:access',
  ]);
});

test('read() asks once a minute for each version, however many ask at once', async t => {
  const { keeper, asked, versions, pass } = await openKeeper(t);
  await Promise.all([keeper.read(latest), keeper.read(latest)]);
  versions.push('the third value');
  pass(59_999);
  t.deepEqual(await keeper.read(latest), { text: 'the second value' });
  t.is(asked.length, 1);
  pass(1);
  t.deepEqual(await keeper.read(latest), { text: 'the third value' });
});

test('read() tries blips again, and uses what it knows while Secret Manager does not answer', async t => {
  const { keeper, asked, next, pass } = await openKeeper(t);
  const blip = { ...failure(503, 'UNAVAILABLE'), headers: { 'retry-after': '0' } };
  next.push(blip, blip);
  t.deepEqual(await keeper.read(latest), { text: 'the second value' });
  t.is(asked.length, 3);
  pass(60_000);
  next.push(blip, blip, blip);
  t.deepEqual(await keeper.read(latest), { text: 'the second value' });
  pass(60_000);
  next.push(failure(403, 'PERMISSION_DENIED', 'IAM_PERMISSION_DENIED'));
  t.true('problem' in (await keeper.read(latest)));
});

const problems = test.macro({
  async exec(t, refusal: Answer, expected: RegExp) {
    const { keeper, next } = await openKeeper(t);
    next.push(refusal);
    const read = await keeper.read({ name: 'webhook', version: '3' });
    const problem = 'problem' in read ? read.problem : '';
    t.regex(problem, expected);
    t.notRegex(problem, /do-not-repeat-me|ya29|\.$/);
  },
  title: (name = '') => `read() says what to do ${name}`,
});
test(
  'without the role',
  problems,
  failure(403, 'PERMISSION_DENIED', 'IAM_PERMISSION_DENIED'),
  /^this identity may not read it; grant it roles\/secretmanager\.secretAccessor .* webhook --project=acme/,
);
test(
  'while the API is not enabled',
  problems,
  failure(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED'),
  /^Secret Manager is not enabled; run "gcloud services enable secretmanager\.googleapis\.com --project=acme"$/,
);
test(
  'about a version that is not there',
  problems,
  failure(404, 'NOT_FOUND'),
  /^project "acme" has no version "3" of it; add one with "gcloud secrets versions add webhook --project=acme/,
);
test(
  'about a version that was destroyed',
  problems,
  failure(400, 'FAILED_PRECONDITION'),
  /^version "3" is disabled or destroyed; add another with "gcloud secrets versions add/,
);
test('about credentials that are not known', problems, failure(401, 'UNAUTHENTICATED'), /service account$/);
test('about a failure', problems, failure(500, 'INTERNAL'), /^Secret Manager answered 500; try again later$/);
test('about an odd answer', problems, { status: 200, body: {} }, /^Secret Manager could not be asked: odd/);
test(
  'about a secret that is not text',
  problems,
  { status: 200, body: { payload: { data: '/w==' } } },
  /^it is not UTF-8 text; put text there$/,
);

test('read() says what to do where there are no credentials', async t => {
  const { keeper } = await openKeeper(t, async () => {
    throw new NoGoogleCredentials('run "gcloud auth application-default login"');
  });
  const expected = 'Secret Manager could not be asked: run "gcloud auth application-default login"';
  t.deepEqual(await keeper.read(latest), { problem: expected });
});

test('a secret:// reference resolves to what its keeper has now, and every value of it is redacted', async t => {
  const { keeper, versions, pass } = await openKeeper(t);
  const from = { environment: {}, baseDirectory: '/', readFile: readSecretFile };
  const secrets = createSecrets({ ...from, managed: keeper });
  versions[0] = 'the first value\n';
  t.deepEqual(await secrets.resolve('secret://webhook/1'), { value: 'the first value', warnings: [] });
  t.deepEqual(await secrets.resolve('secret://webhook'), { value: 'the second value', warnings: [] });
  versions.push('the third value');
  pass(60_000);
  t.deepEqual(await secrets.resolve('secret://webhook'), { value: 'the third value', warnings: [] });
  t.is(secrets.redact('the second value, the third value'), '***, ***');
  t.deepEqual(await secrets.resolve('secret://webhook/9'), {
    problem:
      'Cannot resolve "secret://webhook/9": project "acme" has no version "9" of it; add one with "gcloud secrets versions add webhook --project=acme --data-file=-"',
  });
  t.deepEqual(await createSecrets(from).resolve('secret://webhook'), {
    problem:
      'Cannot resolve "secret://webhook": no project is known that keeps it; set GOOGLE_CLOUD_PROJECT to the one whose Secret Manager does',
  });
});
