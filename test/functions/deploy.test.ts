import test from 'ava';
import type { Observation } from '../../shared/ports/target.ts';
import { deploys, services } from '../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { notify, startOn } from '../helpers/world/prod-of-web.ts';
import { deliverNotice, noticeOf, shopConfiguration } from '../helpers/world/shop.ts';
import { SECRET } from '../helpers/world/world.ts';

const web = (life: CalmLife) => life.get(services, 'place', 'web');
const running = (life: CalmLife) => life.around.target.running()['web'];
const image = (commit: string) => digestOf('web', commit, '');

test('SK-29: a target that cannot be reached is tried again, and forgotten when it answers', async t => {
  const life = await startOn(['c1']);
  const { deploy } = life.around.target;
  life.around.target.deploy = async () => Promise.reject(new Error('no route to the engine'));
  await notify(life, 'c2');
  await life.later(2_000);
  await life.later(4_000);
  t.like(await web(life), {
    phase: 'dispatched',
    attempts: 3,
    lastError: 'no route to the engine',
    claim: undefined,
  } as object);
  life.around.target.deploy = deploy;
  await life.later(8_000);
  t.like(await web(life), { phase: 'running', attempts: 0, lastError: undefined, due: undefined } as object);
  t.is(running(life), image('c2'));
  t.like(
    await life.get(deploys, 'place', 'web', 2),
    { phase: 'running' },
    'one deploy, however often it was tried',
  );
});

test('A deploy that fails keeps what runs, says why, and the next digest is deployed all the same', async t => {
  const life = await startOn(['c1']);
  const { deploy } = life.around.target;
  life.around.target.deploy = async () => ({ kind: 'failed', reason: 'the container exited with 1' });
  await notify(life, 'c2');
  await life.later(3_600_000);
  t.like(await web(life), {
    phase: 'held',
    message: 'rolled back: the container exited with 1',
    observed: { digest: image('c1') },
    refused: { digest: image('c2') },
    due: undefined,
  } as object);
  t.like(await life.get(deploys, 'place', 'web', 2), {
    phase: 'failed',
    message: 'the container exited with 1',
    digest: image('c2'),
  });
  t.like(await life.get(deploys, 'place', 'web', 3), {
    phase: 'running',
    rollback: true,
    digest: image('c1'),
  });
  t.is(await life.get(deploys, 'place', 'web', 4), undefined, 'it is tried and reported once');
  t.is(running(life), image('c1'));
  life.around.target.deploy = deploy;
  await notify(life, 'c3');
  t.like(await web(life), {
    phase: 'running',
    observed: { digest: image('c3') },
    previous: { digest: image('c1') },
  });
});

test('What a target says is stored without secrets', async t => {
  const life = await startOn(['c1']);
  life.around.target.deploy = async () => ({ kind: 'failed', reason: `exited with 1: bad token ${SECRET}` });
  await notify(life, 'c2');
  t.is((await web(life))?.message, 'rolled back: exited with 1: bad token (secret)');
  t.false(JSON.stringify(life.documents.snapshot()).includes(SECRET));
});

test('Holds hold: what a person put there is left alone, and looked at until it is gone', async t => {
  const life = await startOn(['c1']);
  const { observe } = life.around.target;
  life.around.target.observe = async (name, ...more) =>
    name === 'web' ? { state: 'held', reason: 'the image ends in -dirty' } : observe(name, ...more);
  await notify(life, 'c2');
  await life.later(3_600_000);
  t.like(await web(life), { phase: 'held', message: 'the image ends in -dirty' });
  t.is(running(life), image('c1'));
  life.around.target.observe = observe;
  await life.later(6 * 60_000);
  t.like(await web(life), { phase: 'running', message: undefined, due: undefined } as object);
  t.is(running(life), image('c2'));
});

test('A target that finds a person’s word only when it is asked leaves it alone too', async t => {
  const life = await startOn(['c1']);
  life.around.target.deploy = async () => ({ kind: 'held', reason: 'a digest that headway did not write' });
  await notify(life, 'c2');
  t.like(await web(life), { phase: 'held', message: 'a digest that headway did not write' });
});

test('A.5-4: the newest wish wins while a deploy is under way, and nothing older lands after it', async t => {
  const life = await startOn(['c1']);
  const { deploy } = life.around.target;
  const asked: string[] = [];
  life.around.target.deploy = async (order, signal) => {
    asked.push(order.image.digest);
    if (asked.length === 1) {
      for (const commit of ['c3', 'c4']) {
        await life.built('web', commit);
        await deliverNotice(life.hooks(), noticeOf('web', commit));
      }
      while (life.around.registry.tags()['registry.example/shop/web:prod'] !== image('c4'))
        await new Promise(resolve => setImmediate(resolve));
    }
    return deploy(order, signal);
  };
  await notify(life, 'c2');
  t.is(asked[0], image('c2'));
  t.is(asked.at(-1), image('c4'));
  t.is(running(life), image('c4'));
  t.like(await web(life), { phase: 'running', due: undefined, claim: undefined } as object);
});

test('Green means running: accepted is looked at until it runs', async t => {
  const life = await startOn(['c1']);
  const { observe } = life.around.target;
  let state: Observation = { state: 'updating', reason: 'starting' };
  life.around.target.observe = async (name, ...more) => (name === 'web' ? state : observe(name, ...more));
  await notify(life, 'c2');
  t.like(await web(life), { phase: 'accepted', message: 'starting', observed: { digest: image('c1') } });
  life.around.target.deploy = async () => t.fail('it was asked again') as never;
  await life.later(60_000);
  t.like(await web(life), { phase: 'accepted' });
  state = { state: 'running', digest: image('c2') };
  await life.later(2_000);
  t.like(await web(life), { phase: 'running', observed: { digest: image('c2') }, due: undefined } as object);
});

test('Accepted and not running within its time has failed, with what was seen', async t => {
  const life = await startOn(['c1']);
  const { observe } = life.around.target;
  life.around.target.observe = async (name, ...more) =>
    name === 'web' ? { state: 'unhealthy', reason: 'exit code 1, again and again' } : observe(name, ...more);
  await notify(life, 'c2');
  await life.later(301_000);
  const message = 'not running within 5m: exit code 1, again and again';
  t.like(await life.get(deploys, 'place', 'web', 2), { phase: 'failed', message });
  life.around.target.observe = observe;
  await life.later(5_000);
  t.like(await web(life), {
    phase: 'held',
    message: `rolled back: ${message}`,
    observed: { digest: image('c1') },
  });
  t.is(running(life), image('c1'));
});

test('Unknown is not different: a target that does not tell is not changed', async t => {
  const life = await startOn(['c1']);
  const { observe } = life.around.target;
  life.around.target.observe = async () => ({ state: 'unknown', reason: 'the engine is down' });
  life.around.target.deploy = async () => t.fail('it was changed') as never;
  await notify(life, 'c2');
  t.like(await web(life), { lastError: 'Cannot see web at its target: the engine is down', attempts: 1 });
  life.around.target.observe = observe;
});

test('CD-12: one service that fails keeps no other from its deploy', async t => {
  const more = {
    services: {
      api: { target: 'place', image: 'web', tag: 'prod' },
      jobs: { target: 'place', image: 'web', tag: 'prod' },
    },
  };
  const life = await startCalmLife({ configuration: shopConfiguration('none', { more }) });
  await life.push(undefined, 'c5');
  const { deploy } = life.around.target;
  life.around.target.deploy = async (order, signal) =>
    order.name === 'jobs' ? { kind: 'failed', reason: 'no space left' } : deploy(order, signal);
  await notify(life, 'c1');
  t.deepEqual(life.around.target.running(), { api: image('c1'), web: image('c1') });
  t.like(await life.get(services, 'place', 'jobs'), { phase: 'failed', message: 'no space left' });
});

test('CD-10, CD-16: of a release that pushes five tags only the services on those exact tags restart, each once', async t => {
  const registry = (...images: string[]) => ({ images, movedBy: 'registry' });
  const on = (tag: string) => ({ target: 'place', image: 'web', tag });
  const more = {
    tags: { v1: registry('web'), 'v1.2': registry('web'), v2: registry('web'), prod: registry('web') },
    services: { web: on('v1'), api: on('v1.2'), jobs: on('v2'), other: on('prod') },
  };
  const life = await startCalmLife({ configuration: shopConfiguration('none', { more }) });
  const { deploy } = life.around.target;
  const deployed: string[] = [];
  life.around.target.deploy = async (order, signal) => {
    deployed.push(order.name);
    return deploy(order, signal);
  };
  for (const tag of ['v1.2.3_0123456', 'v1.2.3', 'v1.2.3', 'v1.2', 'v1'])
    await life.pushTag('web', tag, digestOf('v1.2.3'));
  t.deepEqual(deployed, ['api', 'web']);
});

test('A target that is left out on this machine is told so, and its service waits', async t => {
  const life = await startOn();
  life.around.leftOut.add('place');
  await notify(life, 'c1');
  t.like(await web(life), {
    phase: 'unknown',
    message: 'its target is left out on this machine',
    due: undefined,
  } as object);
  life.around.leftOut.clear();
  await life.restart();
  t.like(await web(life), { phase: 'running' });
});

test('A deploy whose worker died is taken over when the claim has ended, and not before', async t => {
  const life = await startOn(['c1']);
  await notify(life, 'c2');
  const until = new Date(life.around.clock.now() + 60_000).toISOString();
  const known = await web(life);
  if (known === undefined) return t.fail();
  life.around.target.restore({});
  await life.put(services, { ...known, phase: 'dispatched', claim: { by: 'the dead', until }, due: until });
  await life.later(50_000);
  t.is(running(life), undefined);
  await life.later(11_000);
  t.is(running(life), image('c2'));
});

test('Green means running: what was lost while headway was away is brought back', async t => {
  const life = await startOn(['c1']);
  life.around.target.restore({});
  await life.restart();
  t.is(running(life), image('c1'));
  t.like(await web(life), { phase: 'running', sequence: 1 });
});

test('A service that moved to another target is left alone where it was', async t => {
  const life = await startOn(['c1']);
  const { deploy } = life.around.target;
  life.around.target.deploy = async () => Promise.reject(new Error('not now'));
  await notify(life, 'c2');
  life.around.target.deploy = deploy;
  const more = {
    targets: { elsewhere: { kind: 'docker' } },
    services: { web: { target: 'elsewhere', image: 'web', tag: 'prod' } },
  };
  await life.restart(shopConfiguration('none', { more }));
  await life.later(60_000);
  t.like(await web(life), { phase: 'dispatched', due: undefined } as object);
  t.like(await life.get(services, 'elsewhere', 'web'), { phase: 'running' });
});

test('What its target gave up has failed at once, and is rolled back', async t => {
  const life = await startOn(['c1']);
  const { observe, deploy } = life.around.target;
  let asked: string | undefined;
  life.around.target.deploy = async (order, signal) => {
    asked = order.image.digest;
    return deploy(order, signal);
  };
  life.around.target.observe = async (name, ...more) =>
    name === 'web' && asked === image('c2')
      ? { state: 'failed', reason: 'the rollout exceeded its deadline' }
      : observe(name, ...more);
  await notify(life, 'c2');
  t.like(await web(life), {
    phase: 'held',
    message: 'rolled back: the rollout exceeded its deadline',
    observed: { digest: image('c1') },
  });
});
