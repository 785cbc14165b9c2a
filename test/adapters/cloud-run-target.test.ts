import test, { type ExecutionContext } from 'ava';
import { NoGoogleCredentials } from '../../shared/adapters/google/access-token.ts';
import { createCloudRunTarget } from '../../shared/adapters/targets/cloud-run/cloud-run-target.ts';
import { targetContract } from '../contracts/target.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';
import { serveCloudRun } from '../helpers/target-servers/cloud-run-server.ts';
import { type Trouble, troubles } from '../helpers/target-servers/troubles.ts';

const [V1, V2, BAD] = [digest(1), digest(2), digest(3)];
const at = (wanted: string) => `ghcr.io/acme/web@${wanted}`;
type Options = Partial<Parameters<typeof createCloudRunTarget>[0]>;

async function place(t: ExecutionContext) {
  const image = 'ghcr.io/acme/web:prod';
  const server = await serveCloudRun(t, { image, isBad: own => own.endsWith(BAD) });
  const open = (more: Options = {}) =>
    createCloudRunTarget({
      project: 'acme',
      region: 'europe-west1',
      endpoint: server.origin,
      token: async () => 'good-token',
      lookAgain: 1,
      deadline: 5_000,
      ...more,
    });
  const target = open();
  const signal = AbortSignal.timeout(30_000);
  return {
    server,
    open,
    target,
    deploy: (wanted: string) => target.deploy(orderOf('web', wanted), signal),
    observe: (wanted?: string) =>
      target.observe('web', service('web'), { ...imageOf('web'), ...(wanted && { digest: wanted }) }),
  };
}

targetContract(test, 'createCloudRunTarget()', async t => {
  const { server, target, open } = await place(t);
  return {
    target,
    name: 'web',
    service: service('web'),
    image: imageOf('web'),
    before: 'unhealthy',
    digests: { v1: V1, v2: V2, bad: BAD },
    there: async () => server.serving()?.split('@')[1],
    trace: async () => [server.state.patches.length, server.revisions.length],
    takeOver: async () => server.split(),
    listed: true,
    unreachable: open({ endpoint: 'http://127.0.0.1:1' }),
    close: async () => {},
  };
});

test('createCloudRunTarget() changes the image and nothing else of the template', async t => {
  const { server, deploy } = await place(t);
  const before = structuredClone(server.state.template);
  t.is((await deploy(V1)).kind, 'accepted');
  t.deepEqual(server.state.template, {
    ...before,
    containers: before.containers.map(one => ({ ...one, image: at(V1) })),
  });
  t.deepEqual(server.state.patches, ['template']);
});

test('createCloudRunTarget() moves pinned traffic only when the new revision is ready', async t => {
  const { server, deploy, observe } = await place(t);
  await deploy(V1);
  server.pinTo('web-00002-abc');
  const answer = await deploy(BAD);
  t.true(answer.kind === 'failed' && /Revision 'web-00003-abc' is not ready.*not found/.test(answer.reason));
  t.is(server.serving(), at(V1));
  t.deepEqual(await observe(), { state: 'running', digest: V1 });
  t.is((await deploy(V2)).kind, 'accepted');
  t.is(server.serving(), at(V2));
  t.deepEqual(server.state.patches, ['template', 'template', 'template', 'traffic']);
  const tagged = server.state.traffic.filter(({ tag }) => tag === 'next');
  t.is(tagged.length, 1, 'addresses of revisions by tag are kept');
});

test('createCloudRunTarget() rolls back by traffic where the revision still exists', async t => {
  const { server, deploy, observe } = await place(t);
  await deploy(V1);
  await deploy(V2);
  const count = server.revisions.length;
  const answer = await deploy(V1);
  t.deepEqual(answer, { kind: 'accepted', note: 'the traffic was moved to revision web-00002-abc' });
  t.is(server.revisions.length, count);
  t.is(server.serving(), at(V1));
  t.deepEqual(await observe(V1), { state: 'running', digest: V1 });
});

test('createCloudRunTarget() fails with the words of the revision, and tries again when asked again', async t => {
  const { server, deploy, observe } = await place(t);
  await deploy(V1);
  const answer = await deploy(BAD);
  t.true(answer.kind === 'failed' && /not found\.$/.test(answer.reason), JSON.stringify(answer));
  const seen = await observe(BAD);
  t.true(seen.state === 'failed' && /^service "web" could not be updated: Revision/.test(seen.reason));
  const count = server.revisions.length;
  await deploy(BAD);
  t.is(server.revisions.length, count + 1);
});

test('createCloudRunTarget() gives up waiting when the signal says so', async t => {
  const { server, target } = await place(t);
  const giveUp = new AbortController();
  server.before(({ url }) => {
    if (!url.pathname.includes('/operations/')) return undefined;
    giveUp.abort(new Error('lost'));
    return { body: { name: url.pathname.slice('/v2/'.length), done: false } };
  });
  await t.throwsAsync(() => target.deploy(orderOf('web', V1), giveUp.signal), { message: 'lost' });
});

test('createCloudRunTarget() leaves another image alone', async t => {
  const { server, deploy, observe } = await place(t);
  server.state.template.containers = [{ image: 'ghcr.io/acme/web-fork:v1' }];
  const answer = await deploy(V1);
  t.true(
    answer.kind === 'held' && /"ghcr\.io\/acme\/web-fork:v1", which is another image/.test(answer.reason),
  );
  t.is((await observe()).state, 'held');
});

test('createCloudRunTarget() says what is missing', async t => {
  const { server, deploy, observe } = await place(t);
  server.state.exists = false;
  t.deepEqual(await observe(), { state: 'absent' });
  const answer = await deploy(V1);
  t.true(
    answer.kind === 'failed' &&
      /there is no service "web" in project "acme".*; create it/.test(answer.reason),
  );
});

test('createCloudRunTarget() says how to log in where there is no Google account', async t => {
  const { open } = await place(t);
  const token = async () => {
    throw new NoGoogleCredentials('Cannot find Google credentials here: log in');
  };
  const answer = await open({ token }).deploy(orderOf('web', V1), AbortSignal.timeout(5_000));
  t.deepEqual(answer, { kind: 'failed', reason: 'Cannot find Google credentials here: log in' });
});

test('createCloudRunTarget() throws a lost race, which passes by itself', async t => {
  const { server, deploy } = await place(t);
  server.before(({ method }) =>
    method === 'PATCH' ? { status: 409, body: { error: { message: 'Conflict for resource' } } } : undefined,
  );
  await t.throwsAsync(() => deploy(V1), {
    message: /answered 409 \(Conflict for resource\); it may work later$/,
  });
});

const troubled = test.macro({
  async exec(t, trouble: Trouble) {
    const { server, open } = await place(t);
    const target = open({ deadline: trouble.deadline });
    server.before(() => trouble.answer({ error: { message: trouble.words } }));
    await trouble.check(t, {
      observe: () => target.observe('web', service('web'), imageOf('web')),
      deploy: () => target.deploy(orderOf('web', V1), AbortSignal.timeout(30_000)),
    });
  },
  title: (_, trouble: Trouble) => `createCloudRunTarget() ${trouble.title}`,
});
for (const trouble of troubles({
  denied: /answered 403 \(denied\); grant its account roles\/run\.developer/,
})) {
  test(troubled, trouble);
}
