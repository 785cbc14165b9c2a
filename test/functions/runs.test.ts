import test from 'ava';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { builds, queuePauses } from '../../shared/records/collections.ts';
import type { CalmLife } from '../helpers/world/calm-life.ts';
import { startShop, told } from '../helpers/world/changing-shop.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';

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
  t.is(base, 'base: succeeded, since nothing of it was built before');
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
