import test from 'ava';
import { hooksBench, KEEP_MS, NOW, type PlainAnswer, SECRETS } from '../helpers/hooks-bench.ts';
import { FIXTURES, signedWebhook, type WebhookKind, webhookFixture } from '../helpers/signed-webhook.ts';

const DELIVERY = '6f1c0f0a-0b7e-11f1-8c3e-2f6d1a9b7c55';

type Stored = {
  readonly topic: string;
  readonly event: string;
  readonly status: string;
  readonly outcome?: string;
};
const stores = test.macro({
  async exec(t, kind: WebhookKind, fixture: string, event: string, expected: Stored) {
    const bench = hooksBench();
    const answer = await bench.deliver({ kind, body: webhookFixture(fixture), event });
    t.is(answer.status, 202);
    const [stored] = bench.stored();
    t.like(stored, { source: kind, kind, ...expected, repeats: 0, receivedAt: '2026-02-11T09:15:00.000Z' });
    t.deepEqual(JSON.parse(answer.body), { id: stored?.['id'] });
    t.is(stored?.['expireAt'], new Date(NOW + KEEP_MS).toISOString());
    const waits = expected.status === 'waiting';
    t.is(stored?.['due'], waits ? '2026-02-11T09:15:00.000Z' : undefined);
    t.deepEqual(
      bench.hints.map(({ topic, collection }) => ({ topic, collection })),
      waits ? [{ topic: expected.topic, collection: 'deliveries' }] : [],
    );
  },
  title: (name = '') => `hooks stores ${name}`,
});

const push = { topic: 'pushes', event: 'push', status: 'waiting' };
const pushed = { topic: 'notices', event: 'push', status: 'waiting' };
const ignored = (event: string, outcome: string) => ({ topic: 'pushes', event, status: 'ignored', outcome });
const quiet = {
  topic: 'notices',
  event: 'push',
  status: 'ignored',
  outcome: 'no tag was pushed: nothing to do',
};
test("GitHub's push of a branch", stores, 'github', 'github-push', 'push', push);
test("GitHub's push of a tag", stores, 'github', 'github-tag', 'push', push);
test("GitHub's deletion of a branch", stores, 'github', 'github-branch-deleted', 'push', push);
test(
  "TB-5: GitHub's ping as ignored",
  stores,
  'github',
  'github-ping',
  'ping',
  ignored('ping', 'ping: nothing to do'),
);
test('a star as ignored', stores, 'github', 'github-star', 'star', ignored('star', 'star: nothing to do'));
const asked = { ...push, event: 'pull_request' };
test("GitHub's pull request", stores, 'github', 'github-pull-request', 'pull_request', asked);
test("Gitea's pull request", stores, 'gitea', 'gitea-pull-request', 'pull_request', asked);
test("GitLab's merge request", stores, 'gitlab', 'gitlab-merge-request', 'merge_request', {
  ...push,
  event: 'merge_request',
});
test("Gitea's push", stores, 'gitea', 'gitea-push', 'push', push);
test("CD-2: Docker Hub's push", stores, 'dockerhub', 'dockerhub-push', '', pushed);
test("Distribution's push", stores, 'distribution', 'distribution-push', '', pushed);
test("Distribution's pull as ignored", stores, 'distribution', 'distribution-pull', '', quiet);
test("Distribution's deletion as ignored", stores, 'distribution', 'distribution-delete', '', quiet);
test("GitLab's push", stores, 'gitlab', 'gitlab-push', 'push', push);
test("GitLab's tag", stores, 'gitlab', 'gitlab-tag', 'tag_push', { ...push, event: 'tag_push' });
test(
  "GitLab's issue as ignored",
  stores,
  'gitlab',
  'gitlab-push',
  'issue',
  ignored('issue', 'issue: nothing to do'),
);
test("GitHub's package", stores, 'github', 'github-package', 'package', { ...pushed, event: 'package' });
test(
  "GitHub's package without a tag as ignored",
  stores,
  'github',
  'github-registry-package-untagged',
  'registry_package',
  { ...quiet, event: 'registry_package' },
);
test("Harbor's push", stores, 'harbor', 'harbor-push', '', pushed);
test("Harbor's push without a tag as ignored", stores, 'harbor', 'harbor-untagged', '', quiet);
test("Quay's push", stores, 'quay', 'quay-push', '', pushed);
test("Quay's build as ignored", stores, 'quay', 'quay-build', '', quiet);
test("Azure's push", stores, 'acr', 'acr-push', '', pushed);
test("Azure's deletion as ignored", stores, 'acr', 'acr-delete', '', quiet);
test("Amazon's push", stores, 'ecr', 'ecr-push', '', pushed);
test("Nexus's package of another format as ignored", stores, 'nexus', 'nexus-component', '', quiet);
test("JFrog's push", stores, 'jfrog', 'jfrog-push', '', pushed);
test('a push by template', stores, 'generic', 'generic-push', '', pushed);
test('a build notice', stores, 'notices', 'notice', '', { ...pushed, event: 'notice' });

test('TB-1: the body is stored as it came before the hint is published', async t => {
  const body = webhookFixture('github-push');
  const seen: unknown[] = [];
  const bench = hooksBench({ publish: async () => void seen.push(bench.stored()[0]?.['body']) });
  t.is((await bench.deliver({ kind: 'github', body })).status, 202);
  t.deepEqual(seen, [body]);
});

test('a form is understood: its bytes are what was signed, its payload is what is stored', async t => {
  const body = webhookFixture('github-push');
  const bench = hooksBench();
  t.is((await bench.deliver({ kind: 'github', body, form: true })).status, 202);
  t.is(bench.stored()[0]?.['body'], body);
});

test("the id is the sender's, or the SHA-256 of the body where the sender gives none", async t => {
  const bench = hooksBench();
  const body = webhookFixture('notice');
  t.deepEqual(
    JSON.parse((await bench.deliver({ kind: 'github', body: webhookFixture('github-push') })).body),
    {
      id: DELIVERY,
    },
  );
  const { id } = JSON.parse((await bench.deliver({ kind: 'notices', body })).body);
  t.regex(id, /^[0-9a-f]{64}$/);
});

test("Forgejo and Gogs are understood by their own headers, and a Gitea by GitHub's signature", async t => {
  const { path, method, headers, body } = signedWebhook({
    kind: 'gitea',
    secret: 'gitea-secret-51d0e8a7',
    body: webhookFixture('gitea-push'),
  });
  const { 'x-gitea-signature': hmac = '', 'x-hub-signature-256': prefixed = '' } = headers;
  for (const own of [
    { 'x-forgejo-event': 'push', 'x-forgejo-delivery': 'f', 'x-forgejo-signature': hmac },
    { 'x-gogs-event': 'push', 'x-gogs-delivery': 'g', 'x-gogs-signature': hmac },
    { 'x-gitea-event': 'push', 'x-gitea-delivery': 'h', 'x-hub-signature-256': prefixed },
  ]) {
    const answer = await hooksBench().send({ path, method, body, headers: own });
    t.is(answer.status, 202, JSON.stringify(own));
    t.deepEqual(JSON.parse(answer.body), { id: Object.values(own)[1] });
  }
});

test('the secret itself is taken from senders that cannot sign, wherever they can put it', async t => {
  const type = { 'content-type': 'application/json' };
  const ways = [
    ['jfrog', '', { 'x-jfrog-event-auth': SECRETS.jfrog }],
    ['harbor', '', { authorization: `Bearer ${SECRETS.harbor}` }],
    ['ecr', '', { authorization: `Bearer ${SECRETS.ecr}` }],
    ['open', '', { authorization: `Bearer ${SECRETS.generic}` }],
    ['open', `/${SECRETS.generic}`, {}],
  ] as const;
  for (const [source, inPath, headers] of ways) {
    const body = webhookFixture(FIXTURES[source === 'open' ? 'generic' : source]);
    const path = `/hooks/${source}${inPath}`;
    const answer = await hooksBench().send({ method: 'POST', path, headers: { ...type, ...headers }, body });
    t.is(answer.status, 202, path);
  }
});

test('TB-9: what cannot be stored is answered 503, with the time to try again', async t => {
  const bench = hooksBench({
    documents: memory => ({ ...memory, transact: () => Promise.reject(new Error('disk full')) }),
  });
  const answer = await bench.deliver({ kind: 'github', body: webhookFixture('github-push') });
  t.is(answer.status, 503);
  t.like(answer.headers, { 'retry-after': '10', 'content-type': 'application/problem+json' });
  t.notRegex(answer.body, /disk/);
  t.regex(bench.lines.join(''), /"level":"error","message":"Webhook not stored".*disk full/);
});

test('a hint that fails does not matter once the delivery is stored', async t => {
  const bench = hooksBench({ publish: () => Promise.reject(new Error('no topic')) });
  t.is((await bench.deliver({ kind: 'github', body: webhookFixture('github-push') })).status, 202);
  t.like(bench.stored()[0], { status: 'waiting', due: '2026-02-11T09:15:00.000Z' });
});

const repeat = (answers: readonly PlainAnswer[]) => answers.map(({ status }) => status);

test('a repeat of what still waits is counted, and nothing else changes', async t => {
  const bench = hooksBench();
  const sent = { kind: 'github', body: webhookFixture('github-push') } as const;
  const first = await bench.deliver(sent);
  bench.clock.at += 60_000;
  const second = await bench.deliver(sent);
  t.deepEqual(repeat([first, second]), [202, 200]);
  t.is(first.body, second.body);
  t.is(bench.stored().length, 1);
  t.like(bench.stored()[0], { repeats: 1, status: 'waiting', due: '2026-02-11T09:15:00.000Z' });
  t.is(bench.hints.length, 1);
});

test('a repeat of what was settled is driven again', async t => {
  const bench = hooksBench();
  const sent = { kind: 'notices', body: webhookFixture('notice') } as const;
  await bench.deliver(sent);
  const [path = ''] = Object.keys(bench.memory.snapshot());
  const [known] = bench.stored();
  const end = { status: 'failed', outcome: 'no', settledAt: '2026-02-11T09:15:01.000Z', due: undefined };
  bench.memory.restore({ [path]: { ...known, ...end } });
  bench.clock.at += 60_000;
  t.is((await bench.deliver(sent)).status, 200);
  const due = '2026-02-11T09:16:00.000Z';
  t.like(bench.stored()[0], { repeats: 1, status: 'waiting', due, outcome: undefined, settledAt: undefined });
  t.is(bench.hints.length, 2);
});

test('a ping that is sent again stays ignored', async t => {
  const bench = hooksBench();
  const sent = { kind: 'github', body: webhookFixture('github-ping'), event: 'ping' } as const;
  t.deepEqual(repeat([await bench.deliver(sent), await bench.deliver(sent)]), [202, 200]);
  t.like(bench.stored()[0], { repeats: 1, status: 'ignored' });
  t.is(bench.hints.length, 0);
});

test('two payloads under one id are both kept', async t => {
  const bench = hooksBench();
  const bodies = ['github-push', 'github-tag', 'github-tag'].map(webhookFixture);
  const answers = [];
  for (const body of bodies) answers.push(await bench.deliver({ kind: 'github', body }));
  t.deepEqual(repeat(answers), [202, 202, 200]);
  t.deepEqual(new Set(bench.stored().map(({ body }) => body)), new Set(bodies));
});
