import test, { type ExecutionContext } from 'ava';
import { Response } from 'node-fetch';
import { createSend } from '../../shared/adapters/forge/api/send.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import { ForgeError } from '../../shared/ports/forge-error.ts';
import { openForge } from '../helpers/forge-servers/open-forge.ts';
import { type Answer, type Early, serveRoutes } from '../helpers/forge-servers/serve-routes.ts';

const SHA = 'a'.repeat(40);
const COMMIT = {
  sha: SHA,
  parents: [],
  author: { name: 'Ada' },
  committer: { date: '2030-01-01T00:00:00Z' },
  message: '\nOne\ntwo \n \nthree\n',
};
const FACTS = {
  sha: SHA,
  parents: [],
  author: 'Ada',
  subject: 'One two',
  committedAt: '2030-01-01T00:00:00.000Z',
};
const NOW = Date.parse('2030-01-01T00:00:00Z');
const PATH = `/repos/acme/app/git/commits/${SHA}`;
type Nth = (number: number) => Early | Promise<Early>;

/** GitHub's API, where the nth request for a commit is answered as told, and then as it should be. */
async function place(t: ExecutionContext, nth: Nth, { login = true } = {}) {
  const routes = { [`GET ${PATH}`]: () => ({ body: COMMIT }) };
  const server = await serveRoutes(t, { routes, fallback: { status: 404, body: { message: 'Not Found' } } });
  server.before(() => nth(server.asked.length));
  const url = 'https://github.com/acme/app';
  const repo = { forge: 'github', url, api: server.origin, ...(login && { token: 'env://TOKEN' }) };
  const options = { secrets: { TOKEN: 'hunter2-token' }, now: () => NOW, timeouts: { answer: 400 } };
  return { server, forge: await openForge(t, repo, options) };
}

const asks = (forge: Forge) => forge.commit('app', SHA);
const always = (answer: Answer | 'break') => () => answer;

for (const [title, blip] of [
  ['a lost connection', 'break'],
  ['502', { status: 502 }],
  ['503 with Retry-After', { status: 503, headers: { 'Retry-After': '0' } }],
  ['429 with a short wait', { status: 429, headers: { 'Retry-After': '0' } }],
] as const) {
  test(`two times ${title} are got over`, async t => {
    const { server, forge } = await place(t, number => (number <= 2 ? blip : undefined));
    t.deepEqual(await asks(forge), FACTS);
    t.is(server.asked.length, 3);
  });
  test(`three times ${title} are an error that may pass`, async t => {
    const { server, forge } = await place(t, always(blip));
    await t.throwsAsync(asks(forge), {
      instanceOf: ForgeError,
      message: /^Cannot read commit a+ of repo "app": /,
    });
    t.is(server.asked.length, 3);
  });
}

const limits = test.macro({
  async exec(t, answer: Answer, until: string) {
    const { server, forge } = await place(t, always(answer));
    const error = await t.throwsAsync(asks(forge), { instanceOf: ForgeError });
    t.is(error.until, until);
    t.regex(error.message, new RegExp(`answered ${answer.status}.*: no more requests until ${until}$`));
    t.is(server.asked.length, 1);
  },
  title: (name = '') => `a limit says until when: ${name}`,
});
const message = (text: string) => ({ message: text });
test(
  "GitHub's first",
  limits,
  {
    status: 403,
    headers: { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(NOW / 1000 + 1800) },
    body: message('API rate limit exceeded'),
  },
  '2030-01-01T00:30:00.000Z',
);
test(
  "GitHub's second, with its wait",
  limits,
  { status: 403, headers: { 'Retry-After': '90', 'X-RateLimit-Remaining': '4000' } },
  '2030-01-01T00:01:30.000Z',
);
test(
  "GitHub's second, without one",
  limits,
  { status: 403, body: message('You have exceeded a secondary rate limit.') },
  '2030-01-01T00:01:00.000Z',
);
test(
  "GitLab's",
  limits,
  { status: 429, headers: { 'RateLimit-Remaining': '0', 'RateLimit-Reset': String(NOW / 1000 + 45) } },
  '2030-01-01T00:00:45.000Z',
);
test('of anybody, without a word', limits, { status: 429 }, '2030-01-01T00:01:00.000Z');

test('a limit for nobody in particular tells that a token has more', async t => {
  const { forge } = await place(t, always({ status: 429 }), { login: false });
  await t.throwsAsync(asks(forge), { message: /with a token there may be more$/ });
});

const refuses = test.macro({
  async exec(t, answer: Answer, expected: RegExp, login?: boolean) {
    const { server, forge } = await place(t, always(answer), { login: login ?? true });
    const error = await t.throwsAsync(asks(forge), { name: 'PermanentError', message: expected });
    t.notRegex(String(error?.stack), /hunter2/);
    t.true(server.asked.length <= 2);
  },
  title: (name = '') => `what a person must mend is said with its remedy: ${name}`,
});
test(
  'a token that is not accepted, in no word of the forge either',
  refuses,
  { status: 401, body: message('Bad credentials: hunter2-token') },
  /answered 401 \(Bad credentials: \*\*\*\); the token is wrong, expired or revoked: renew it, with the permission "Contents: read" for acme\/app$/,
);
test(
  'a permission that is missing',
  refuses,
  { status: 403, body: message('Resource not accessible by personal access token') },
  /answered 403 \(Resource not accessible.*\); give the token the permission "Contents: read" for acme\/app$/,
);
test(
  'a token that is missing',
  refuses,
  { status: 401 },
  /set a token with the permission "Contents: read"/,
  false,
);
test(
  'a repository that is hidden or not there',
  refuses,
  { status: 404, body: message('Not Found') },
  /^Cannot find repo "app": there is no acme\/app, or it is hidden; check the URL, and give the token/,
);
test(
  'a web page',
  refuses,
  { body: '<html>Sign in</html>' },
  /did not answer as its API does; check the address/,
);
test(
  'another shape',
  refuses,
  { body: { ...COMMIT, sha: 'main' } },
  /did not answer as its API does \("sha"\)/,
);
test('a redirect to nowhere', refuses, { status: 302 }, /answered 302 without a usable Location/);
test(
  'any other refusal',
  refuses,
  { status: 410, body: 'Gone' },
  /answered 410 \(Gone\); check the address of the API/,
);

test('a server that hangs meets the deadline, once', async t => {
  const { forge, server } = await place(t, () => new Promise(() => {}));
  await t.throwsAsync(asks(forge), {
    instanceOf: ForgeError,
    message: /did not answer in time; see whether it is up/,
  });
  t.is(server.asked.length, 1);
});

test('nobody at the address is an error that may pass', async t => {
  const forge = await openForge(t, { forge: 'gitea', url: 'http://127.0.0.1:1/acme/app' });
  await t.throwsAsync(asks(forge), {
    instanceOf: ForgeError,
    message: /ECONNREFUSED.*; see whether http:\/\/127.0.0.1:1 is up/,
  });
});

test('a redirect within the forge keeps the token, one elsewhere does not, and none is for ever', async t => {
  const elsewhere = await serveRoutes(t, { routes: {}, fallback: { body: COMMIT } });
  const leads: Record<string, string> = {
    [PATH]: `/repositories/1/git/commits/${SHA}`,
    [`/repositories/1/git/commits/${SHA}`]: `${elsewhere.origin}/there?token=SIGNED`,
  };
  const to = (Location: string) => ({ status: 301, headers: { Location } });
  const { server, forge } = await place(t, () => undefined);
  server.before(({ url }) => to(leads[url.pathname] ?? ''));
  t.deepEqual(await asks(forge), FACTS);
  t.deepEqual(
    [...server.asked, ...elsewhere.asked].map(({ headers }) => headers.authorization),
    ['Bearer hunter2-token', 'Bearer hunter2-token', undefined],
  );
  server.before(() => to(PATH));
  await t.throwsAsync(asks(forge), { name: 'PermanentError', message: /too many redirects/ });
});

test('a redirect from https to plain http is not followed', async t => {
  const asked: string[] = [];
  // Stands in for the network: a server with a certificate that Node trusts cannot be had in a test.
  const send = createSend({
    http: async ({ url }) => {
      asked.push(url.href);
      const headers = { Location: 'http://acme.org/?token=T' };
      return Object.defineProperty(new Response(null, { status: 302, headers }), 'url', { value: url.href });
    },
    clock: { now: () => NOW },
    timeouts: { answer: 400, transfer: 400 },
  });
  const question = {
    doing: 'read commit 1',
    url: new URL('https://acme.org/commit'),
    authorization: async () => 'Bearer hunter2-token',
    expects: [200],
    advise: () => 'ask somebody',
  };
  await t.throwsAsync(send(question), {
    name: 'PermanentError',
    message:
      'Cannot read commit 1: https://acme.org/commit leads to http://acme.org/, which is not encrypted; use an address with https',
  });
  t.deepEqual(asked, ['https://acme.org/commit']);
});
