import test from 'ava';
import { hooksBench, SECRETS } from '../helpers/hooks-bench.ts';
import {
  FIXTURES,
  KINDS,
  signedWebhook,
  type Webhook,
  type WebhookKind,
  webhookFixture,
} from '../helpers/signed-webhook.ts';

function good(kind: WebhookKind, body = webhookFixture(FIXTURES[kind])): Webhook {
  return signedWebhook({ kind, secret: SECRETS[kind], body });
}

const refuses = test.macro({
  async exec(t, webhook: Webhook, status: number, detail: RegExp) {
    const bench = hooksBench();
    const answer = await bench.send(webhook);
    t.is(answer.status, status);
    t.like(answer.headers, { 'content-type': 'application/problem+json' });
    const body: unknown = JSON.parse(answer.body);
    t.like(body, { type: 'about:blank', status });
    t.regex(JSON.stringify(body), detail);
    t.deepEqual(bench.stored(), []);
    t.deepEqual(bench.hints, []);
  },
  title: (name = '') => `hooks refuses, and stores nothing: ${name}`,
});

const without = ({ headers, ...webhook }: Webhook, name: string): Webhook => ({
  ...webhook,
  headers: Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name)),
});
const nexus = good('nexus');
const generic = good('generic');
const withHeader = (webhook: Webhook, name: string, value: string): Webhook => ({
  ...webhook,
  headers: { ...webhook.headers, [name]: value },
});

const github = good('github');
test('an unknown source', refuses, { ...github, path: '/hooks/bitbucket' }, 404, /no such source/);
test(
  'a name that every object has',
  refuses,
  { ...github, path: '/hooks/constructor' },
  404,
  /no such source/,
);
test('no source', refuses, { ...github, path: '/hooks/' }, 404, /no such source/);
test('a secret in the path of another kind', refuses, { ...github, path: '/hooks/github/x' }, 404, /no such/);
test('a longer path', refuses, { ...good('dockerhub'), path: '/hooks/dockerhub/a/b' }, 404, /no such/);
test('another method', refuses, { ...github, method: 'GET' }, 405, /POST/);

const UNSIGNED = /its signature or secret is missing or wrong/;
for (const kind of KINDS) {
  const sent = { kind, body: webhookFixture(FIXTURES[kind]) };
  test(
    `TB-6, CD-1: a wrong secret (${kind})`,
    refuses,
    signedWebhook({ ...sent, secret: 'x' }),
    401,
    UNSIGNED,
  );
  test(`TB-6: an empty secret (${kind})`, refuses, signedWebhook({ ...sent, secret: '' }), 401, UNSIGNED);
  const bare = { ...good(kind), path: `/hooks/${kind}`, headers: { 'x-github-event': 'push' } };
  test(`TB-6: no signature or secret (${kind})`, refuses, bare, 401, UNSIGNED);
}
test('a body that was changed by a byte', refuses, { ...github, body: `${github.body} ` }, 401, UNSIGNED);
test(
  'the outdated SHA-1 signature',
  refuses,
  withHeader(without(github, 'x-hub-signature-256'), 'x-hub-signature', `sha1=${'0'.repeat(40)}`),
  401,
  UNSIGNED,
);
test(
  'a secret that is no percent-encoding',
  refuses,
  { ...good('dockerhub'), path: '/hooks/dockerhub/%E0%A4' },
  401,
  UNSIGNED,
);

test(
  'SHA-256 where Nexus signs with SHA-1',
  refuses,
  withHeader(
    nexus,
    'x-nexus-webhook-signature',
    good('jfrog', nexus.body).headers['x-jfrog-event-auth'] ?? '',
  ),
  401,
  UNSIGNED,
);
test(
  'a signature without the prefix of its template',
  refuses,
  withHeader(generic, 'x-acme-signature', generic.headers['x-acme-signature']?.slice('v1='.length) ?? ''),
  401,
  UNSIGNED,
);
test(
  'the bare secret as bearer where a template asks for a signature',
  refuses,
  withHeader(without(generic, 'x-acme-signature'), 'authorization', `Bearer ${SECRETS.generic}`),
  401,
  UNSIGNED,
);
test(
  'the secret in the path where a template asks for a signature',
  refuses,
  { ...generic, path: `/hooks/generic/${SECRETS.generic}` },
  404,
  /no such/,
);

test('another kind of body', refuses, withHeader(github, 'content-type', 'text/xml'), 415, /send JSON/);
test('a compressed body', refuses, withHeader(github, 'content-encoding', 'gzip'), 415, /send JSON/);
test('no event', refuses, without(github, 'x-github-event'), 400, /header X-GitHub-Event is missing/);
test('an event that is no name', refuses, withHeader(github, 'x-github-event', 'a b'), 400, /X-GitHub-Event/);
test(
  "GitLab's event without its name",
  refuses,
  without(good('gitlab'), 'x-gitlab-event'),
  400,
  /X-Gitlab-Event/,
);
test(
  "GitLab's event in another spelling",
  refuses,
  withHeader(good('gitlab'), 'x-gitlab-event', 'push'),
  400,
  /X-Gitlab-Event/,
);
test('no JSON', refuses, good('github', '{"ref":'), 400, /the body is not JSON/);
test('an empty body', refuses, good('notices', ''), 400, /the body is not JSON/);
test('a list', refuses, good('notices', '[]'), 400, /the body: /);
test(
  'endless nesting',
  refuses,
  good('distribution', `{"events":[],"x":${'['.repeat(9e4)}${']'.repeat(9e4)}}`),
  400,
  /nested more than 100/,
);
test(
  'CD-15: a push without its ref',
  refuses,
  good('github', '{"after":"1"}'),
  400,
  /ref: .*before: .*after: .*repository: /,
);
test(
  'CD-15: a Hub push without its tag',
  refuses,
  good('dockerhub', '{"repository":{"repo_name":"a/b"}}'),
  400,
  /push_data: /,
);
test(
  'CD-15: a Hub push without its repository',
  refuses,
  good('dockerhub', '{"push_data":{"tag":"a"}}'),
  400,
  /repository: /,
);
test('an envelope without events', refuses, good('distribution', '{}'), 400, /events: /);
test('a notice without its image', refuses, good('notices', '{"tag":"a"}'), 400, /image_name: /);
test(
  'a form without a payload',
  refuses,
  signedWebhook({ kind: 'github', secret: SECRETS.github, body: '', form: false }),
  400,
  /not JSON/,
);

test('a body of more than 25 MB is refused', async t => {
  const bench = hooksBench();
  const answer = await bench.send({ ...github, body: 'x'.repeat(25 * 1024 * 1024 + 1) });
  t.is(answer.status, 413);
});

test('a missing and a wrong secret look the same from outside', async t => {
  const bench = hooksBench();
  const wrong = await bench.send(signedWebhook({ kind: 'notices', secret: 'wrong', body: '{}' }));
  const missing = await bench.send({ ...good('notices'), headers: {} });
  t.deepEqual(wrong, missing);
});

test('CD-1: a refusal leaves one warning, which names the hook and not the secret that was tried', async t => {
  const bench = hooksBench();
  await bench.send(signedWebhook({ kind: 'dockerhub', secret: 'tried-secret', body: '{}' }));
  t.is(bench.lines.length, 1);
  t.like(JSON.parse(bench.lines[0] ?? ''), {
    level: 'warn',
    message: 'Webhook refused',
    source: 'dockerhub',
  });
  t.notRegex(bench.lines[0] ?? '', /tried-secret/);
});

test('a hook whose secret is empty does not exist', async t => {
  const bench = hooksBench({ secrets: { ...SECRETS, github: '' } });
  t.is((await bench.send(signedWebhook({ kind: 'github', secret: '', body: '{}' }))).status, 404);
});
