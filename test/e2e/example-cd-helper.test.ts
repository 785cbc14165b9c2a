import { randomBytes } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { imageMaker, removeBuiltImages, serving } from '../helpers/docker-place.ts';
import { readAll, untilSettled } from '../helpers/host-process-checks.ts';
import { startExample } from '../helpers/host-process-example.ts';
import { need } from '../helpers/need.ts';
import { webhookFixture } from '../helpers/signed-webhook.ts';
import { swarmServices } from '../helpers/swarm-services.ts';
import { serveSwarmpit } from '../helpers/target-servers/swarmpit-server.ts';

const SECRETS = { HUB_TOKEN: 'hub-token', SWARMPIT_TOKEN: 'swarmpit-token', HUB_SECRET: 'secret-of-the-hub' };
const HELLO = 'dopplerdock/hello-microservice';
const HELPER = 'dopplerdock/doppler-cd-helper';
const client = createRegistryClient({ credentials: async () => undefined });

test.after.always(removeBuiltImages);

test('CD-3, CD-4, CD-13: a webhook of Docker Hub brings every Swarm service of exactly that repository and tag to what was pushed, and no other, once', async t => {
  const place = await openPlace(t);
  if (place === undefined) return;
  const { swarm, image, publish, zero, one } = place;
  for (const [repository, tag] of [
    [HELLO, 'INT'],
    [HELLO, 'main'],
    [HELPER, 'INT'],
  ] as const)
    await publish(repository, tag, zero);
  await swarm.create('web', image(HELLO, 'INT', zero));
  await swarm.create('web-too', image(HELLO, 'INT', zero), { labels: { team: 'other' } });
  await swarm.create('helper', image(HELPER, 'INT', zero));
  await swarm.create('qa', image(HELLO, 'main', zero));
  const { host, at, hook } = await place.start();
  for (const name of ['web', 'web-too', 'helper', 'qa']) await host.untilRuns(at(name), zero);

  await publish(HELLO, 'INT', one);
  t.is(await hook(HELLO, 'INT'), 202);
  for (const name of ['web', 'web-too']) {
    await host.untilRuns(at(name), one);
    t.deepEqual(await swarm.history(name), { started: [zero, one], running: [one] });
  }
  for (const name of ['helper', 'qa'])
    t.deepEqual(await swarm.history(name), { started: [zero], running: [zero] }, name);

  t.is(await hook(HELLO, 'INT'), 200, 'the same once more is a repeat');
  t.is(await hook(HELLO, 'INT', { pushed_at: 1_417_566_999 }), 202, 'another push of the same image');
  await untilSettled(host.url, 30_000);
  for (const name of ['web', 'web-too'])
    t.deepEqual((await swarm.history(name)).started, [zero, one], 'it is not restarted');
  t.deepEqual(place.redeploys(), []);
});

test('CD-12: of three services one cannot run what was pushed: it goes back, the others go on, and each is reported', async t => {
  const place = await openPlace(t);
  if (place === undefined) return;
  const { swarm, image, publish, zero, one } = place;
  await publish(HELLO, 'INT', zero);
  const picky = 'grep -q one /www/index.html && exit 7; exec httpd -f -p 8000 -h /www';
  await swarm.create('a', image(HELLO, 'INT', zero));
  await swarm.create('b', image(HELLO, 'INT', zero), { args: ['sh', '-c', picky] });
  await swarm.create('c', image(HELLO, 'INT', zero));
  const { host, at, hook } = await place.start();
  for (const name of ['a', 'b', 'c']) await host.untilRuns(at(name), zero);

  await publish(HELLO, 'INT', one);
  t.is(await hook(HELLO, 'INT'), 202);
  for (const name of ['a', 'c']) await host.untilRuns(at(name), one);
  await host.untilPhase(at('b'), 'held');
  await untilSettled(host.url, 30_000);
  t.regex((await host.service(at('b')))?.message ?? '', /^rolled back: /);
  t.deepEqual((await swarm.history('b')).running, [zero]);
  for (const name of ['a', 'c']) t.deepEqual((await swarm.history(name)).running, [one]);
});

test('CD-1, CD-10, CD-11, CD-15: a wrong secret, a tag of nobody, another case and a body without its fields change nothing', async t => {
  const place = await openPlace(t);
  if (place === undefined) return;
  const { publish, zero, one, swarmpit } = place;
  await publish(HELLO, 'v1', zero);
  const { host, hook } = await place.start();
  await host.untilRuns('production/hello', zero);

  const wrong = 'a-secret-that-was-tried';
  t.is(await hook(HELLO, 'v1', {}, wrong), 401);
  t.false(host.said().includes(wrong), 'what was tried is in no log');
  t.is(await host.send({ kind: 'dockerhub', source: 'hub', secret: SECRETS.HUB_SECRET, body: '{}' }), 400);
  await publish(HELLO, 'pr-7', one);
  t.is(await hook(HELLO, 'pr-7'), 202);
  await publish(HELLO, 'V1', one);
  t.is(await hook(HELLO, 'V1'), 202);
  await untilSettled(host.url, 30_000);
  t.deepEqual(place.redeploys(), []);
  t.is(swarmpit.state.digest, zero);
  const told = await readAll<{ readonly status: string }>(host.url, 'deliveries?');
  t.deepEqual(
    told.map(({ status }) => status).filter(status => status === 'waiting'),
    [],
  );
});

test('CD-16: a release under five tags has Swarmpit redeploy once, by the tag that production follows', async t => {
  const place = await openPlace(t);
  if (place === undefined) return;
  const { publish, zero, one, swarmpit } = place;
  await publish(HELLO, 'v1', zero);
  const { host, hook } = await place.start();
  await host.untilRuns('production/hello', zero);

  for (const tag of ['v1.2.3_0e2a89b', 'v1.2.3', 'v1.2.3', 'v1.2', 'v1']) {
    await publish(HELLO, tag, one);
    t.true((await hook(HELLO, tag)) < 300);
  }
  await host.untilRuns('production/hello', one);
  await untilSettled(host.url, 30_000);
  t.deepEqual(place.redeploys(), [`/api/services/${swarmpit.id}/redeploy?tag=v1`]);
  t.is(swarmpit.state.digest, one);
});

test('CD-14: smart redeploy leaves what is equal, held or unknown, and deploys what differs; a dry run says the same', async t => {
  const place = await openPlace(t);
  if (place === undefined) return;
  const { swarm, image, publish, zero, one } = place;
  await publish(HELLO, 'INT', zero);
  await publish(HELLO, 'main', zero);
  await swarm.create('differs', image(HELLO, 'INT', zero));
  await swarm.create('equal', image(HELLO, 'main', zero));
  await swarm.create('lost', image(HELLO, 'v1', zero));
  await swarm.create('held', image(HELLO, 'INT', zero), { labels: { 'headway.hold': 'the fair is on' } });
  const { host, at } = await place.start();
  await host.untilRuns(at('differs'), zero);
  await host.untilRuns(at('equal'), zero);
  await host.untilPhase(at('held'), 'held');

  await publish(HELLO, 'INT', one);
  const verdicts = { differs: 'redeploy', equal: 'current', held: 'held', lost: 'unknown' };
  const judged = async (dryRun: boolean) => {
    const { findings } = await host.smartRedeploy(dryRun);
    const verdictOf = (name: string) =>
      findings.find(({ service }) => service === swarm.named(name))?.verdict;
    return Object.fromEntries(Object.keys(verdicts).map(name => [name, verdictOf(name)]));
  };
  t.deepEqual(await judged(true), verdicts);
  t.deepEqual((await swarm.history('differs')).started, [zero], 'a dry run touches nothing');
  t.deepEqual(await judged(false), verdicts);
  await host.untilRuns(at('differs'), one);
  for (const name of ['equal', 'held', 'lost'])
    t.deepEqual(await swarm.history(name), { started: [zero], running: [zero] }, name);
});

/** A Swarm, a Swarmpit and a registry with a path of its own in place of Docker Hub; nothing, said aloud, without them. */
async function openPlace(t: ExecutionContext) {
  t.timeout(4 * 60_000);
  const lab = dockerLab(t);
  const base = need('LAB_BASE_IMAGE');
  if (lab === undefined || base === undefined || need('LAB_SWARM') === undefined) {
    t.log('skipped: needs a Docker engine that is a manager of a Swarm (LAB_SWARM)');
    t.pass();
    return undefined;
  }
  const { image: built, make } = imageMaker(lab, base);
  const [zero, one] = await Promise.all([make('v0', serving('zero')), make('v1', serving('one'))]);
  const folder = `cd-helper-${randomBytes(4).toString('hex')}`;
  const hub = `${lab.registry}/${folder}`;
  const image = (repository: string, tag: string, digest: Digest) => `${hub}/${repository}:${tag}@${digest}`;
  const tags: Record<string, Digest> = {};
  const swarmpit = await serveSwarmpit(t, {
    token: SECRETS.SWARMPIT_TOKEN,
    image: `${hub}/${HELLO}:v1`,
    digest: zero,
    tags,
  });
  Object.assign(swarmpit.state, { name: 'hello', labels: [{ name: 'headway.enable', value: 'true' }] });
  const swarm = swarmServices(t, await lab.engine.client());

  /** Pushes an image that was built under a name that Docker Hub would have it by. */
  async function publish(repository: string, tag: string, digest: Digest): Promise<void> {
    const from = { ...built, digest };
    const found = await client.manifest(from);
    if (found === undefined) throw new Error(`Cannot publish ${digest}: it is not in the registry`);
    const to = { registry: lab?.registry ?? '', repository: `${folder}/${repository}`, tag };
    const { config, layers } = JSON.parse(Buffer.from(found.bytes).toString('utf8'));
    for (const blob of [config, ...layers]) await client.ensureBlob(to, blob, { from });
    await client.putManifest(to, found.mediaType, found.bytes);
    if (repository === HELLO) tags[tag] = digest;
  }

  async function start() {
    const host = await startExample(t, 'cd-helper', {
      addresses: {
        'docker.io/': `${hub}/`,
        'kind: dockerhub': `kind: dockerhub, registry: ${hub}`,
        'https://swarmpit.fromdoppler.example': swarmpit.origin,
      },
      environment: { DOCKER_HOST: process.env['DOCKER_HOST'], ...SECRETS },
    });
    return {
      host,
      at: (name: string) => `test/${swarm.named(name)}`,
      /** Just what Docker Hub sends for the push of a tag. */
      hook(repository: string, tag: string, data: object = {}, secret = SECRETS.HUB_SECRET) {
        const payload = JSON.parse(webhookFixture('dockerhub-push'));
        Object.assign(payload.push_data, { tag, ...data });
        payload.repository.repo_name = repository;
        return host.send({ kind: 'dockerhub', source: 'hub', secret, body: JSON.stringify(payload) });
      },
    };
  }

  const redeploys = () =>
    swarmpit.asked.filter(({ method }) => method === 'POST').map(({ url }) => url.pathname + url.search);
  return { swarm, swarmpit, redeploys, image, publish, start, zero, one };
}
