import test from 'ava';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { branches, builds, queuePauses } from '../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

type Settings = {
  readonly plan?: 'everything' | 'changed';
  readonly parents?: 'rebuild' | 'reuse';
  readonly branches?: readonly string[];
  readonly quiet?: string;
  readonly supersede?: 'never' | 'waiting' | 'running';
  readonly stopAll?: boolean;
  /** How many at once; four when absent. */
  readonly places?: number;
  /** The image that has tests in a folder outside of its own. */
  readonly tested?: string;
};

/** The shop: base, on which web and api stand, each in the folder of its name; jobs is built by others. */
async function startShop({ places, tested, ...settings }: Settings = {}) {
  const plain = shopConfiguration();
  const shop = plain.repos['shop'];
  if (shop === undefined) throw new Error('the shop has a repo');
  const tests = { basic: [], integration: [{ command: ['true'], folders: ['tests/web'], timeout: '1m' }] };
  const images = Object.entries(plain.images).map(([name, image]) => [
    name,
    { ...image, context: name, ...(name === tested && { tests }) },
  ]);
  const builds = {
    ...shop.builds,
    plan: 'changed' as const,
    ...settings,
    branches: [...(settings.branches ?? [])],
  };
  const life = await startCalmLife({
    ...(places !== undefined && { builds: places }),
    configuration: {
      ...plain,
      images: Object.fromEntries(images),
      repos: { ...plain.repos, shop: { ...shop, builds } },
    },
  });
  const files = { 'base/Dockerfile': '1', 'web/a': '1', 'api/a': '1', 'README.md': '1' };
  let now: Readonly<Record<string, string>> = files;
  const write = (commit: string, changed: Readonly<Record<string, string>> = {}, message?: string) => {
    now = { ...now, ...changed };
    life.around.forge.write(commit, now, message);
  };
  write('c1');
  return { life, write };
}

/** What became of each image that we build, and why, e.g. `web: carried from c1`. */
async function told(life: CalmLife, commit: string): Promise<string[]> {
  const found = await Promise.all(
    ['base', 'web', 'api'].map(image => life.get(builds, image, shaOf(commit))),
  );
  return found.map(build => {
    if (build === undefined) return 'nothing';
    const from = ['c1', 'c2', 'c3', 'c4'].find(name => shaOf(name) === build.carries);
    if (from !== undefined) return `${build.image}: ${build.status}, carried from ${from}`;
    return `${build.image}: ${build.status}, since ${build.reasons?.join(' and ')}`;
  });
}

test('What changed is built, and the rest is carried: each commit is a whole stack', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  t.deepEqual(await told(life, 'c1'), [
    'base: succeeded, since nothing of main was built before',
    'web: succeeded, since nothing of main was built before and it stands on base, which is built',
    'api: succeeded, since nothing of main was built before and it stands on base, which is built',
  ]);
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  t.deepEqual(await told(life, 'c2'), [
    'base: succeeded, carried from c1',
    'web: succeeded, since web/a changed',
    'api: succeeded, carried from c1',
  ]);
  const [before, after] = [
    await life.get(builds, 'api', shaOf('c1')),
    await life.get(builds, 'api', shaOf('c2')),
  ];
  t.is(after?.digest, before?.digest);
  const served = await life.around.registry.head({
    registry: 'registry.example',
    repository: 'shop/api',
    tag: shaOf('c2'),
  });
  t.is(served?.digest, before?.digest, 'the registry has it under the new commit too');
  t.is(life.around.target.running()['web'], (await life.get(builds, 'web', shaOf('c2')))?.digest);
});

test('A parent that is built anew has all that stands on it built, and a change of nothing builds nothing', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  write('c2', { 'base/Dockerfile': '2' });
  await life.push('c1', 'c2');
  t.deepEqual(await told(life, 'c2'), [
    'base: succeeded, since base/Dockerfile changed',
    'web: succeeded, since it stands on base, which is built',
    'api: succeeded, since it stands on base, which is built',
  ]);
  write('c3', { 'README.md': '3' });
  await life.push('c2', 'c3');
  t.deepEqual(
    await told(life, 'c3'),
    ['base', 'web', 'api'].map(image => `${image}: succeeded, carried from c2`),
  );
});

test('A change whose build failed is not forgotten with the next push', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  const { build } = life.around.builder;
  life.around.builder.build = async (order, ...rest) => {
    if (order.image.repository === 'shop/web') throw new BuildFailure('the Dockerfile is broken');
    return build(order, ...rest);
  };
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  life.around.builder.build = build;
  write('c3', { 'api/a': '3' });
  await life.push('c2', 'c3');
  t.deepEqual(await told(life, 'c3'), [
    'base: succeeded, carried from c2',
    'web: succeeded, since web/a changed',
    'api: succeeded, since api/a changed',
  ]);
});

test('An image that is missing from the registry is built together with what stands on it (B.5-2)', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  const base = await life.get(builds, 'base', shaOf('c1'));
  life.around.registry.forget(base?.digest ?? '');
  const { build } = life.around.builder;
  life.around.builder.build = (order, ...rest) =>
    build({ ...order, args: { ...order.args, BASE: `${order.args['BASE'] ?? ''} anew` } }, ...rest);
  write('c2', { 'README.md': '2' });
  await life.push('c1', 'c2');
  t.deepEqual(await told(life, 'c2'), [
    `base: succeeded, since the image of ${shaOf('c1').slice(0, 7)} is not in the registry`,
    'web: succeeded, since it stands on an older base',
    'api: succeeded, since it stands on an older base',
  ]);
});

test('DH-20: a message that asks for a full rebuild has it; one that says skip ci has nothing', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  write('c2', {}, 'Full Rebuild, please');
  await life.push('c1', 'c2');
  t.regex((await told(life, 'c2'))[0] ?? '', /^base: succeeded, since a message says "full rebuild"/);
  write('c3', { 'web/a': '3' }, 'Words only [skip ci]');
  await life.push('c2', 'c3');
  t.deepEqual(await told(life, 'c3'), ['nothing', 'nothing', 'nothing']);
  write('c4', { 'README.md': '4' });
  await life.push('c3', 'c4');
  t.deepEqual(
    await told(life, 'c4'),
    [
      'base: succeeded, carried from c2',
      'web: succeeded, since web/a changed',
      'api: succeeded, carried from c2',
    ],
    'what was skipped is not forgotten',
  );
});

test('The first push of a branch builds everything, or reuses what the tracked branch has', async t => {
  for (const parents of ['rebuild', 'reuse'] as const) {
    const { life, write } = await startShop({ branches: ['r*'], parents });
    await life.push(undefined, 'c1');
    write('r3', { 'web/a': '3' });
    await life.push(undefined, 'r3', { branch: 'rework' });
    const reasons = (await told(life, 'r3')).map(text => text.replace(/^\w+: succeeded, /, ''));
    if (parents === 'reuse')
      t.deepEqual(reasons, ['carried from c1', 'since web/a changed', 'carried from c1']);
    else t.true(reasons.every(reason => reason.startsWith('since nothing of rework was built before')));
    t.like(await life.get(branches, 'shop', 'rework'), { planned: shaOf('r3') });
  }
});

test('TB-7: two pushes within the quiet period are one dispatch, for the last', async t => {
  const { life, write } = await startShop({ quiet: '1m' });
  await life.push(undefined, 'c1');
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  await life.later(61_000);
  for (const text of await told(life, 'c1')) t.regex(text, /^\w+: superseded, /);
  const second = await told(life, 'c2');
  t.true(
    second.every(text => text.includes('succeeded')),
    second.join('\n'),
  );
  t.is((await life.get(builds, 'web', shaOf('c1')))?.digest, undefined);
});

test('A build that is under way is called off by a newer push, where that is wanted, and pushes nothing more', async t => {
  const { life, write } = await startShop({ supersede: 'running' });
  const begun = Promise.withResolvers<void>();
  const { build } = life.around.builder;
  life.around.builder.build = async (order, progress, signal) => {
    if (order.image.tag !== shaOf('c1')) return build(order, progress, signal);
    begun.resolve();
    return new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)));
  };
  const first = life.push(undefined, 'c1');
  await begun.promise;
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  await first;
  for (const text of await told(life, 'c1')) t.regex(text, /^\w+: superseded, /);
  const [base = ''] = await told(life, 'c2');
  t.regex(base, /^base: succeeded, since its build of \w+ was superseded$/);
});

test('TB-8: what is dispatched while one is under way is queued, and only the newest of that is kept', async t => {
  const { life, write } = await startShop({ supersede: 'waiting', places: 1 });
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const { build } = life.around.builder;
  life.around.builder.build = async (...order) => {
    begun.resolve();
    await ended.promise;
    return build(...order);
  };
  const pushes = [life.push(undefined, 'c1')];
  await begun.promise;
  write('c2', { 'web/a': '2' });
  pushes.push(life.push('c1', 'c2'));
  await recorded(life, 'c2');
  write('c3', { 'web/a': '3' });
  pushes.push(life.push('c2', 'c3'));
  await recorded(life, 'c3');
  for (const text of await told(life, 'c2')) t.regex(text, /^\w+: superseded, /);
  t.regex((await told(life, 'c1'))[0] ?? '', /^base: building, /);
  ended.resolve();
  await Promise.all(pushes);
  t.regex((await told(life, 'c1'))[0] ?? '', /^base: succeeded, /, 'what was under way goes on');
  t.regex((await told(life, 'c1'))[1] ?? '', /^web: superseded, /);
  t.deepEqual(
    (await told(life, 'c3')).map(text => text.split(',')[0]),
    ['base: succeeded', 'web: succeeded', 'api: succeeded'],
  );
});

test('DH-24: where stopAll is wanted, an image that fails ends the run: the next is never started', async t => {
  const { life } = await startShop({ stopAll: true, places: 1 });
  const { build } = life.around.builder;
  const begun: string[] = [];
  let broken = true;
  life.around.builder.build = async (order, ...rest) => {
    begun.push(order.image.repository);
    if (broken && begun.length === 2) throw new BuildFailure('its tests failed');
    return build(order, ...rest);
  };
  await life.push(undefined, 'c1');
  t.is(begun.length, 2);
  const [second = '', third = ''] = begun[1] === 'shop/web' ? ['web', 'api'] : ['api', 'web'];
  t.like(await life.get(builds, second, shaOf('c1')), { status: 'failed', lastError: 'its tests failed' });
  t.like(await life.get(builds, third, shaOf('c1')), {
    status: 'cancelled',
    lastError: `${second} failed, and stopAll ends the run`,
    startedAt: undefined,
  });
  t.false(Object.keys(life.around.registry.tags()).some(tag => tag.includes(`/${third}:`)));
  broken = false;
  await life.restart();
  t.is(begun.length, 2, 'it stays so');
});

test('stopAll goes for the failure of an image that others build too', async t => {
  const { life } = await startShop({ stopAll: true });
  const paused = { by: 'ada', why: 'a talk', since: new Date(life.around.clock.now()).toISOString() };
  await life.put(queuePauses, { paused });
  await life.push(undefined, 'c1');
  await life.notice('jobs', 'c1', { status: 'failure' });
  for (const image of ['base', 'web', 'api']) {
    t.like(await life.get(builds, image, shaOf('c1')), {
      status: 'cancelled',
      lastError: 'jobs failed, and stopAll ends the run',
    });
  }
});

/** Resolves when a commit's builds are on record. */
function recorded(life: CalmLife, commit: string): Promise<void> {
  return new Promise(resolve => {
    const look = async () => {
      if ((await life.get(builds, 'api', shaOf(commit))) === undefined) return;
      stop();
      resolve();
    };
    const stop = life.documents.watch(look);
    void look();
  });
}

test('A change of tests that are outside of its folder has an image tested, and so built, again', async t => {
  const { life, write } = await startShop({ tested: 'web' });
  await life.push(undefined, 'c1');
  write('c2', { 'tests/web/smoke.sh': '2' });
  await life.push('c1', 'c2');
  t.deepEqual(
    (await told(life, 'c2')).map(text => text.replace(/^\w+: \w+, /, '')),
    ['carried from c1', 'since tests/web/smoke.sh changed', 'carried from c1'],
  );
});
