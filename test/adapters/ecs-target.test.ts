import test, { type ExecutionContext } from 'ava';
import { createEcsTarget } from '../../shared/adapters/targets/ecs/ecs-target.ts';
import { targetContract } from '../contracts/target.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';
import { serveEcs } from '../helpers/target-servers/ecs-server.ts';
import { type Trouble, troubles } from '../helpers/target-servers/troubles.ts';

const [V1, V2, BAD] = [digest(1), digest(2), digest(3)];
const at = (wanted: string) => `ghcr.io/acme/web@${wanted}`;
const SIDECAR = { name: 'proxy', image: 'docker.io/library/envoy:v1', essential: true };
const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'not-a-secret' };

async function place(
  t: ExecutionContext,
  {
    rollback = false,
    sidecar = false,
    taskDigest,
  }: { rollback?: boolean; sidecar?: boolean; taskDigest?: string } = {},
) {
  const web = {
    name: 'web',
    image: 'ghcr.io/acme/web:prod',
    essential: true,
    environment: [{ name: 'A', value: '1' }],
  };
  const containers = sidecar ? [web, SIDECAR] : [web];
  const server = await serveEcs(t, { containers, isBad: image => image.endsWith(BAD), rollback, taskDigest });
  const open = (more: { endpoint?: string; deadline?: number } = {}) =>
    createEcsTarget({
      region: 'eu-central-1',
      cluster: 'default',
      endpoint: server.origin,
      credentials,
      ...more,
    });
  const target = open();
  return {
    server,
    open,
    target,
    deploy: (wanted: string) => target.deploy(orderOf('web', wanted), AbortSignal.timeout(30_000)),
    observe: (wanted?: string) =>
      target.observe('web', service('web'), { ...imageOf('web'), ...(wanted && { digest: wanted }) }),
  };
}

targetContract(test, 'createEcsTarget()', async t => {
  const { server, target, open } = await place(t);
  return {
    target,
    name: 'web',
    service: service('web'),
    image: imageOf('web'),
    before: 'unhealthy',
    digests: { v1: V1, v2: V2, bad: BAD },
    there: async () => server.running().split('@')[1],
    trace: async () => [server.state.updates, server.definitions.length],
    takeOver: async () => server.takeOver('ghcr.io/acme/web-fork:v1'),
    patience: 5_000,
    listed: true,
    unreachable: open({ endpoint: 'http://127.0.0.1:1' }),
    close: async () => {},
  };
});

test('createEcsTarget() registers a revision in which one image is another, and nothing else', async t => {
  const { server, deploy } = await place(t, { sidecar: true });
  t.deepEqual(await deploy(V1), { kind: 'accepted', note: 'new revision web:2' });
  const [before, after] = server.definitions;
  const own = { taskDefinitionArn: after?.taskDefinitionArn, revision: 2 };
  const [web] = before?.containerDefinitions ?? [];
  t.deepEqual(after as unknown, {
    ...before,
    ...own,
    containerDefinitions: [{ ...web, image: at(V1) }, SIDECAR],
  });
});

test('createEcsTarget() registers no further revision for a repeat, a rollback, or after a crash', async t => {
  const { server, deploy } = await place(t);
  for (const wanted of [V1, V1, V2]) {
    await deploy(wanted);
    server.settle();
  }
  t.deepEqual(await deploy(V1), { kind: 'accepted', note: 'earlier revision web:2' });
  server.settle();
  t.is(server.definitions.length, 3);
  server.before(({ headers }) =>
    String(headers['x-amz-target']).endsWith('UpdateService') ? 'break' : undefined,
  );
  await t.throwsAsync(() => deploy(digest(4)));
  t.is(server.definitions.length, 4);
  server.before(() => undefined);
  t.deepEqual(await deploy(digest(4)), { kind: 'accepted', note: 'earlier revision web:4' });
  t.is(server.definitions.length, 4);
});

test('createEcsTarget() watches the deployment until it is done', async t => {
  const { deploy, observe } = await place(t);
  await deploy(V1);
  const seen = await observe(V1);
  t.true(seen.state === 'updating' && /runs 1 of 1 tasks: ECS deployment in progress/.test(seen.reason));
  t.deepEqual(await observe(V1), { state: 'running', digest: V1 });
});

test('createEcsTarget() fails with what the circuit breaker says, and tries again when asked again', async t => {
  const { server, deploy, observe } = await place(t);
  await deploy(V1);
  server.settle();
  await deploy(BAD);
  server.settle();
  const reason = 'the deployment of "web" failed: ECS deployment circuit breaker: tasks failed to start.';
  t.deepEqual(await observe(BAD), { state: 'failed', reason });
  const updates = server.state.updates;
  t.deepEqual(await deploy(BAD), { kind: 'accepted', note: 'a new deployment was begun' });
  t.is(server.state.updates, updates + 1);
  t.is(server.definitions.length, 3);
});

test('createEcsTarget() knows a deployment that the circuit breaker took back', async t => {
  const { server, deploy, observe } = await place(t, { rollback: true });
  await deploy(V1);
  server.settle();
  await deploy(BAD);
  server.settle();
  const seen = await observe(BAD);
  t.true(seen.state === 'failed' && /tasks failed to start/.test(seen.reason), JSON.stringify(seen));
  t.deepEqual(await observe(V1), { state: 'running', digest: V1 });
});

test('createEcsTarget() asks the tasks where a tag is declared', async t => {
  const { target, observe } = await place(t, { sidecar: true, taskDigest: V2 });
  t.deepEqual(await observe(), { state: 'running', digest: V2 });
  const found = await target.list(AbortSignal.timeout(5_000));
  t.deepEqual(
    found.map(({ workload, container, digest: own }) => [workload, container, own]),
    [
      ['web', 'web', V2],
      ['web', 'proxy', undefined],
    ],
  );
  t.like(found[0], { platform: 'linux/arm64', labels: { team: 'web' }, updating: false });
});

test('createEcsTarget() says what is missing, and what it cannot deploy', async t => {
  const { server, deploy, observe, target } = await place(t, { sidecar: true });
  const named = { ...service('web'), container: 'api' };
  const order = { ...orderOf('web', V1), service: named };
  const missing = await target.deploy(order, AbortSignal.timeout(5_000));
  t.true(
    missing.kind === 'failed' && /"web" has no such container, only web, proxy; name it/.test(missing.reason),
  );
  server.state.controller = 'CODE_DEPLOY';
  const other = await deploy(V1);
  t.true(other.kind === 'failed' && /service "web" is deployed by CODE_DEPLOY; let ECS/.test(other.reason));
  server.state.exists = false;
  t.deepEqual(await observe(), { state: 'absent' });
  const absent = await deploy(V1);
  t.true(absent.kind === 'failed' && /no service "web" in cluster "default"; create it/.test(absent.reason));
});

test('createEcsTarget() gives up waiting for an answer when the signal says so', async t => {
  const { server, target } = await place(t);
  const giveUp = new AbortController();
  server.before(() => {
    giveUp.abort(new Error('lost'));
    return new Promise(() => {});
  });
  await t.throwsAsync(() => target.deploy(orderOf('web', V1), giveUp.signal), { message: 'lost' });
});

test('createEcsTarget() does not take an answer without a list for an absent service', async t => {
  const { server, observe } = await place(t);
  server.before(() => ({ body: {} }));
  const seen = await observe();
  t.true(seen.state === 'unknown' && /the answer holds no list; check the endpoint/.test(seen.reason));
});

const troubled = test.macro({
  async exec(t, trouble: Trouble) {
    const { server, open } = await place(t);
    const target = open({ deadline: trouble.deadline });
    const { __type, message } = { __type: trouble.type, message: trouble.words };
    server.before(() => trouble.answer({ __type, message }));
    await trouble.check(t, {
      observe: () => target.observe('web', service('web'), imageOf('web')),
      deploy: () => target.deploy(orderOf('web', V1), AbortSignal.timeout(30_000)),
    });
  },
  title: (_, trouble: Trouble) => `createEcsTarget() ${trouble.title}`,
});
for (const trouble of troubles({
  unauthorized: /answered 401 \(UnrecognizedClientException: denied\); renew the access key/,
  denied: /answered 403 \(AccessDeniedException: denied\); allow its user or role .*iam:PassRole/,
})) {
  test(troubled, trouble);
}
