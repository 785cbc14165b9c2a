import test from 'ava';
import { retryBuild } from '../../shared/domain/builds/judge-words.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { branches, builds, commits, deliveries, tags } from '../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { imageOf, pushOf, shopConfiguration } from '../helpers/world/shop.ts';

async function outcome({ records }: CalmLife) {
  const found = await records.query(deliveries, { limit: 100 });
  const last = found
    .filter(({ source }) => source === 'github')
    .toSorted((a, b) => (a.receivedAt < b.receivedAt ? 1 : -1))[0];
  return `${last?.status}: ${last?.outcome ?? last?.lastError}`;
}
const buildOf = (life: CalmLife, image: string, commit: string) => life.get(builds, image, shaOf(commit));
const placeOf = async (life: CalmLife, commit: string, branch = 'main') =>
  (await life.get(commits, 'shop', shaOf(commit)))?.places[branch];

test('A push is built, parents first, children on exactly the parent of their commit, and runs', async t => {
  const life = await startCalmLife();
  t.is((await life.push(undefined, 'c1')).status, 202);
  t.is(await outcome(life), 'done: new head of main; 4 builds asked for');
  const base = await buildOf(life, 'base', 'c1');
  t.like(base, { status: 'succeeded', builder: 'model', digest: digestOf('shop/base', shaOf('c1'), '') });
  for (const image of ['web', 'api']) {
    const build = await buildOf(life, image, 'c1');
    t.like(build, {
      status: 'succeeded',
      parentDigest: base?.digest,
      due: undefined,
      claim: undefined,
    } as object);
    t.is(life.around.target.running()[image], build?.digest);
  }
  t.like(
    await buildOf(life, 'jobs', 'c1'),
    { status: 'waiting', due: undefined } as object,
    'others build it',
  );
});

test('Repeats are harmless: a push that comes again builds nothing again', async t => {
  const life = await startCalmLife();
  await life.push(undefined, 'c1');
  life.around.builder.build = async () => t.fail('it was built again') as never;
  t.is((await life.push(undefined, 'c1')).status, 202);
  t.is(await outcome(life), 'done: main was there already; 0 builds asked for');
});

const ignored = test.macro({
  async exec(t, payload: object, expected: string) {
    const life = await startCalmLife();
    await life.deliver(payload);
    t.is(await outcome(life), expected);
    t.deepEqual(await life.records.query(builds, { limit: 9 }), []);
  },
  title: name => `Ignored: ${name}`,
});
test(
  'a branch that is not followed',
  ignored,
  pushOf('c1', 'c2', { ref: 'refs/heads/feature' }),
  'ignored: branch feature is not followed',
);
test(
  'a Git tag',
  ignored,
  pushOf(undefined, 'c2', { ref: 'refs/tags/v1' }),
  'ignored: tag v1: nothing follows Git tags',
);
test(
  'a deleted branch',
  ignored,
  { ...pushOf('c1', 'c2'), after: '0'.repeat(40), deleted: true },
  'ignored: branch main was deleted',
);
test(
  'TB-2: an unknown repository',
  ignored,
  { ...pushOf('c1', 'c2'), repository: { clone_url: 'https://git.example/acme/other.git' } },
  'ignored: no repo of the configuration has the URL https://git.example/acme/other.git',
);

test('Pushes that come out of order get the places that the history gives them', async t => {
  const life = await startCalmLife();
  life.around.forge.setHead('main', shaOf('c4'));
  for (const [before, after] of [
    ['c1', 'c2'],
    ['c3', 'c4'],
    ['c2', 'c3'],
    [undefined, 'c1'],
  ] as const) {
    await life.deliver(pushOf(before, after));
  }
  t.like(await life.get(branches, 'shop', 'main'), { head: shaOf('c4'), epoch: 1, place: 3 });
  t.deepEqual(await placeOf(life, 'c2'), { epoch: 1, place: 1 });
  t.deepEqual(await placeOf(life, 'c4'), { epoch: 1, place: 3 });
  t.is(await placeOf(life, 'c3'), undefined, 'what was overtaken has no place; the forge is asked about it');
  for (const commit of ['c1', 'c2', 'c3', 'c4'])
    t.like(await buildOf(life, 'web', commit), { status: 'succeeded' });
  t.like(await life.get(tags, 'web', 'prod'), { observed: { commit: shaOf('c4') } });
});

test('A forced push begins a new epoch', async t => {
  const life = await startCalmLife();
  await life.push(undefined, 'c3');
  await life.push('c3', 'r4', { forced: true });
  t.like(await life.get(branches, 'shop', 'main'), { head: shaOf('r4'), epoch: 2, place: 1 });
  t.is(await outcome(life), 'done: the history of main was rewritten; 4 builds asked for');
});

test('A commit that the forge does not know yet is tried again until it does', async t => {
  const life = await startCalmLife();
  await life.push(undefined, 'c1');
  const { compare } = life.around.forge;
  life.around.forge.compare = async () => ({ relation: 'unknown' });
  await life.push('c2', 'c3');
  t.regex(
    await outcome(life),
    /^waiting: Cannot place commit \w+ on shop\/main: the forge does not know it yet$/,
  );
  t.like(await life.get(branches, 'shop', 'main'), { head: shaOf('c1') }, 'unknown is not different');
  life.around.forge.compare = compare;
  await life.later(10_000);
  t.is(await outcome(life), 'done: new head of main; 4 builds asked for');
  t.like(await life.get(branches, 'shop', 'main'), { head: shaOf('c3') });
});

test('A parent that fails fails its children and theirs, with the reason, and their tags stay', async t => {
  const more = { images: { site: imageOf('site', { parent: 'web' }) } };
  const life = await startCalmLife({ configuration: shopConfiguration('auto', { more }) });
  await life.push(undefined, 'c1');
  const { build } = life.around.builder;
  life.around.builder.build = async () => Promise.reject(new BuildFailure('step 3 of 4 failed: npm ci'));
  await life.push('c1', 'c2');
  t.like(await buildOf(life, 'base', 'c2'), {
    status: 'failed',
    lastError: 'step 3 of 4 failed: npm ci',
    due: undefined,
  } as object);
  t.like(await buildOf(life, 'web', 'c2'), {
    status: 'failed',
    lastError: 'its parent base failed at this commit',
    due: undefined,
  } as object);
  t.like(await buildOf(life, 'site', 'c2'), {
    status: 'failed',
    lastError: 'its parent web failed at this commit',
  });
  t.like(await life.get(tags, 'web', 'prod'), { observed: { commit: shaOf('c1') } });

  life.around.builder.build = build;
  await life.built('base', 'c2');
  await life.notice('base', 'c2');
  t.like(await buildOf(life, 'site', 'c2'), { status: 'succeeded' }, 'the parent succeeded after all');
  t.like(await life.get(tags, 'web', 'prod'), { observed: { commit: shaOf('c2') } });
});

test('A failure that says much ends its build, and those that stand on it are given up', async t => {
  const life = await startCalmLife();
  const said = `step 3 of 4 failed: npm ci\n${'npm WARN old\n'.repeat(1_600)}npm ERR! no space left`;
  life.around.builder.build = async () => Promise.reject(new BuildFailure(said));
  await life.push(undefined, 'c1');
  const { status, lastError = '' } = (await buildOf(life, 'base', 'c1')) ?? {};
  t.is(status, 'failed');
  t.regex(lastError, /^step 3 of 4 failed: npm ci\n.*…\n.*npm ERR! no space left$/s);
  t.like(await buildOf(life, 'web', 'c1'), {
    status: 'failed',
    lastError: 'its parent base failed at this commit',
  });
});

test('A child that others build is left to them when its parent is there', async t => {
  const more = { images: { jobs: imageOf('jobs', { parent: 'base', builder: 'none' }) } };
  const life = await startCalmLife({ configuration: shopConfiguration('auto', { more }) });
  await life.push(undefined, 'c1');
  t.like(await buildOf(life, 'base', 'c1'), { status: 'succeeded' });
  t.like(await buildOf(life, 'jobs', 'c1'), { status: 'waiting', due: undefined } as object);
  await life.built('jobs', 'c1');
  await life.notice('jobs', 'c1');
  t.like(await buildOf(life, 'jobs', 'c1'), { status: 'succeeded' });
});

test('What may pass by itself is tried four times, and then has failed', async t => {
  const life = await startCalmLife();
  let tries = 0;
  life.around.builder.build = async () => {
    tries += 1;
    throw new Error('no route to the registry');
  };
  await life.push(undefined, 'c1');
  t.like(await buildOf(life, 'base', 'c1'), {
    status: 'building',
    attempts: 1,
    lastError: 'no route to the registry',
    claim: undefined,
  } as object);
  await life.later(60_000);
  await life.later(60_000);
  await life.later(60_000);
  t.is(tries, 4);
  t.like(await buildOf(life, 'base', 'c1'), {
    status: 'failed',
    lastError: 'no route to the registry',
    due: undefined,
  } as object);
});

test('What a person wants built once more is another order than what is built again by itself', async t => {
  const life = await startCalmLife();
  const requests: (string | undefined)[] = [];
  const { build } = life.around.builder;
  life.around.builder.build = async (order, ...rest) => {
    if (order.image.repository !== 'shop/base') return build(order, ...rest);
    requests.push(order.request);
    if (requests.length % 2 === 1) throw new Error('no route to the registry');
    return build(order, ...rest);
  };
  await life.push(undefined, 'c1');
  await life.later(60_000);
  const known = await buildOf(life, 'base', 'c1');
  if (known === undefined) return t.fail();
  const now = life.around.clock.now();
  const parents: [] = [];
  const settings = shopConfiguration().images['base'];
  const ruling = retryBuild(known, { by: 'ada', now, parents, settings });
  if (ruling.kind === 'refused') return t.fail(ruling.reason);
  await life.put(builds, ruling.build);
  await life.later(0);
  await life.later(60_000);
  const at = new Date(now).toISOString();
  t.deepEqual(requests, [undefined, undefined, at, at]);
});

test('A build whose worker died is built again when the claim has ended, and not before', async t => {
  const life = await startCalmLife();
  await life.push(undefined, 'c1');
  const until = new Date(life.around.clock.now() + 60_000).toISOString();
  const known = await buildOf(life, 'base', 'c1');
  if (known === undefined) return t.fail();
  await life.put(builds, {
    ...known,
    status: 'building',
    digest: undefined,
    claim: { by: 'the dead', until },
    due: until,
  });
  await life.later(50_000);
  t.like(await buildOf(life, 'base', 'c1'), { status: 'building', claim: { by: 'the dead' } });
  await life.later(11_000);
  t.like(await buildOf(life, 'base', 'c1'), { status: 'succeeded', claim: undefined } as object);
});

test('A build of an image that the configuration no longer names is given up with that reason', async t => {
  const life = await startCalmLife();
  life.around.builder.build = async () => Promise.reject(new Error('not now'));
  await life.push(undefined, 'c1');
  const { base: _, ...images } = shopConfiguration().images;
  await life.restart({ ...shopConfiguration(), images });
  await life.later(60_000);
  t.like(await buildOf(life, 'base', 'c1'), {
    status: 'failed',
    lastError: 'the configuration no longer names image "base"',
    due: undefined,
  } as object);
});

test('An image that was built on another branch takes the tag when its commit comes to this one', async t => {
  const more = { tags: { lts: { images: ['web'], branch: 'release' } } };
  const life = await startCalmLife({ configuration: shopConfiguration('auto', { more }) });
  await life.push(undefined, 'c1');
  await life.push(undefined, 'c2', { branch: 'release' });
  t.like(await life.get(tags, 'web', 'lts'), { observed: { commit: shaOf('c2') } });
  t.like(await life.get(tags, 'web', 'prod'), { observed: { commit: shaOf('c1') } });
  t.is((await life.ledger('web')).at(-1), 'c2 refused: the commit is not on branch main');
  await life.push('c1', 'c2');
  t.like(await life.get(tags, 'web', 'prod'), { observed: { commit: shaOf('c2') } });
});
