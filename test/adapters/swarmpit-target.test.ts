import { setImmediate as soon } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createSwarmpitTarget } from '../../shared/adapters/targets/swarmpit/swarmpit-target.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import type { Order, Target } from '../../shared/ports/target.ts';
import { targetContract } from '../contracts/target.ts';
import { digest, imageOf, orderOf, service } from '../helpers/git-repository-orders.ts';
import { serveSwarmpit } from '../helpers/target-servers/swarmpit-server.ts';
import { type Trouble, troubles } from '../helpers/target-servers/troubles.ts';

const [V0, V1, V2, BAD] = [digest(9), digest(1), digest(2), digest(3)];
const COMMIT = 'c0ffee'.padEnd(40, '0');
const TOKEN = 'Bearer swarmpit-api-token';
type Options = Partial<Parameters<typeof createSwarmpitTarget>[0]>;

async function place(t: ExecutionContext) {
  const tags: Record<string, string> = { prod: V0 };
  const server = await serveSwarmpit(t, {
    token: TOKEN.replace('Bearer ', ''),
    image: 'ghcr.io/acme/web:prod',
    digest: V0,
    tags,
    bad: BAD,
  });
  const registry: Pick<Registry, 'head'> = {
    async head({ tag = 'latest' }) {
      const found = tags[tag];
      if (found === undefined) return undefined;
      return { digest: found, mediaType: 'application/vnd.oci.image.index.v1+json', size: 1 };
    },
  };
  const open = (more: Options = {}) =>
    createSwarmpitTarget({ url: server.origin, token: TOKEN, registry, deadline: 5_000, ...more });
  const target = open();
  const posts = () => server.asked.filter(({ method }) => method === 'POST').map(({ url }) => url.search);
  return {
    server,
    tags,
    open,
    target,
    posts,
    deploy: (wanted: string, more: Partial<Order> = {}) =>
      target.deploy({ ...orderOf('web', wanted), ...more }, AbortSignal.timeout(30_000)),
    observe: (wanted?: string) =>
      target.observe('web', service('web'), { ...imageOf('web'), ...(wanted && { digest: wanted }) }),
  };
}

/** The tag has always been moved before a service is deployed. */
function movingTags(target: Target, tags: Record<string, string>): Target {
  return {
    ...target,
    deploy(order, signal) {
      tags['prod'] = order.image.digest;
      return target.deploy(order, signal);
    },
  };
}

targetContract(test, 'createSwarmpitTarget()', async t => {
  const { server, tags, target, open } = await place(t);
  const { state } = server;
  return {
    target: movingTags(target, tags),
    name: 'web',
    service: service('web'),
    image: imageOf('web'),
    before: 'running',
    digests: { v1: V1, v2: V2, bad: BAD },
    there: async () => state.tasks.find(task => task.state === 'running')?.digest,
    trace: async () => [state.version, state.forceUpdate, state.tasks.map(({ id }) => id)],
    takeOver: async () => {
      state.labels = [{ name: 'headway.hold', value: 'the fair is on' }];
    },
    patience: 5_000,
    listed: true,
    unreachable: open({ url: 'http://127.0.0.1:1' }),
    close: async () => {},
  };
});

test('createSwarmpitTarget() redeploys once, by the tag that the service has', async t => {
  const { server, tags, deploy, posts } = await place(t);
  server.state.image = 'ghcr.io/acme/web:v1';
  Object.assign(tags, { prod: V1, v1: V1, [COMMIT]: V1 });
  t.deepEqual(await deploy(V1, { commit: COMMIT }), { kind: 'accepted' });
  t.deepEqual(posts(), ['?tag=v1']);
  t.is(server.state.forceUpdate, 1);
});

test('createSwarmpitTarget() goes by the tag that the service follows when its own is another digest', async t => {
  const { server, tags, deploy, posts } = await place(t);
  server.state.image = 'ghcr.io/acme/web';
  Object.assign(tags, { latest: V2, prod: V1 });
  t.deepEqual(await deploy(V1), { kind: 'accepted' });
  t.deepEqual(posts(), ['?tag=prod']);
});

test("createSwarmpitTarget() goes back by the commit's own tag", async t => {
  const { tags, deploy, posts } = await place(t);
  Object.assign(tags, { prod: V2, [COMMIT]: V1 });
  t.deepEqual(await deploy(V1, { commit: COMMIT }), { kind: 'accepted' });
  t.deepEqual(posts(), [`?tag=${COMMIT}`]);
});

test('createSwarmpitTarget() does not redeploy where no tag is the digest', async t => {
  const { tags, deploy, posts } = await place(t);
  tags['prod'] = V2;
  const answer = await deploy(V1, { commit: COMMIT });
  t.true(answer.kind === 'failed' && answer.reason.includes(`none of the tags "prod", "${COMMIT}" is ${V1}`));
  t.deepEqual(posts(), []);
});

test('createSwarmpitTarget() does not call it done when the tag moves under its hands', async t => {
  const { server, tags, deploy } = await place(t);
  tags['prod'] = V1;
  server.before(({ method }) => {
    if (method === 'POST') tags['prod'] = V2;
    return undefined;
  });
  await t.throwsAsync(() => deploy(V1), { message: new RegExp(`brought "web" to ${V2}, not to ${V1}`) });
});

test('createSwarmpitTarget() passes on that Swarmpit cannot see the tag', async t => {
  const { server, tags, deploy } = await place(t);
  tags['prod'] = V1;
  server.before(({ method }) => {
    if (method === 'POST') delete tags['prod'];
    return undefined;
  });
  const answer = await deploy(V1);
  t.true(answer.kind === 'failed' && /cannot see the tag "prod"/.test(answer.reason));
});

test('createSwarmpitTarget() knows a service by name or identifier, whole, and its image exactly', async t => {
  const { server, target, observe, deploy } = await place(t);
  const at = (workload: string) =>
    target.observe('other', { ...service('web'), workload }, imageOf('web')).then(({ state }) => state);
  t.deepEqual(await Promise.all(['web', server.id, 'we', server.id.slice(0, 8)].map(at)), [
    'running',
    'running',
    'absent',
    'absent',
  ]);
  server.state.image = 'ghcr.io/acme/web-shop:prod';
  t.is((await observe()).state, 'held');
  t.is((await deploy(V1)).kind, 'held');
  server.state.exists = false;
  t.is((await observe()).state, 'absent');
  t.is((await deploy(V1)).kind, 'failed');
});

test('createSwarmpitTarget() reads short names as Docker does, and a port without a tag', async t => {
  const { server, target } = await place(t);
  const listed = async (image: string) => {
    server.state.image = image;
    const [found] = await target.list(AbortSignal.timeout(5_000));
    return found?.image;
  };
  t.like(await listed('nginx:1.27'), { registry: 'docker.io', repository: 'library/nginx', tag: '1.27' });
  t.like(await listed('localhost:5000/web'), { registry: 'localhost:5000', repository: 'web', digest: V0 });
});

test('createSwarmpitTarget() lists labels, and that an update is under way', async t => {
  const { server, tags, target, deploy } = await place(t);
  server.state.labels = [{ name: 'team', value: 'shop' }];
  tags['prod'] = V1;
  await deploy(V1);
  t.deepEqual(await target.list(AbortSignal.timeout(5_000)), [
    {
      workload: 'web',
      image: { ...imageOf('web'), tag: 'prod', digest: V1 },
      digest: V0,
      updating: true,
      labels: { team: 'shop' },
    },
  ]);
});

test('createSwarmpitTarget() stands an address with /api and a token without Bearer', async t => {
  const { server, open } = await place(t);
  const target = open({ url: `${server.origin}/api/`, token: TOKEN.replace('Bearer ', '') });
  t.is((await target.list(AbortSignal.timeout(5_000))).length, 1);
  const elsewhere = open({ url: `${server.origin}/elsewhere` });
  await t.throwsAsync(() => elsewhere.list(AbortSignal.timeout(5_000)), {
    message: /correct the target's url/,
  });
});

test('createSwarmpitTarget() never says its token', async t => {
  const { open } = await place(t);
  const seen = await open({ token: 'wr0ng-t0ken' }).observe('web', service('web'), imageOf('web'));
  t.true(seen.state === 'unknown' && /401 \(Authentication failed\); make a new API token/.test(seen.reason));
  t.false(JSON.stringify(seen).includes('wr0ng'));
});

test('createSwarmpitTarget() gives up a hanging redeploy when the signal says so', async t => {
  const { server, tags, target } = await place(t);
  tags['prod'] = V1;
  const given = new AbortController();
  server.before(async ({ method }) => {
    if (method !== 'POST') return undefined;
    await soon();
    given.abort(new Error('the claim is lost'));
    return new Promise<never>(() => {});
  });
  await t.throwsAsync(() => target.deploy(orderOf('web', V1), given.signal), {
    message: 'the claim is lost',
  });
});

const survives = test.macro(async (t: ExecutionContext, { words, answer, deadline, check }: Trouble) => {
  const { server, open, tags } = await place(t);
  tags['prod'] = V1;
  server.before(() => answer({ error: words }));
  const target = open({ deadline });
  await check(t, {
    observe: () => target.observe('web', service('web'), imageOf('web')),
    deploy: () => target.deploy(orderOf('web', V1), AbortSignal.timeout(30_000)),
  });
});

for (const trouble of troubles({
  unauthorized: /401 \(denied\); make a new API token/,
  denied: /403 \(denied\); make a new/,
})) {
  test(`createSwarmpitTarget() ${trouble.title}`, survives, trouble);
}
