import test from 'ava';
import { builds, queuePauses } from '../../shared/records/collections.ts';
import type { CalmLife } from '../helpers/world/calm-life.ts';
import { startShop, told } from '../helpers/world/changing-shop.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';

/** Counts what is built, by image and commit. */
function building(life: CalmLife): string[] {
  const begun: string[] = [];
  const { build } = life.around.builder;
  life.around.builder.build = (order, ...rest) => {
    const commit = ['c1', 'c2', 'c3'].find(name => shaOf(name) === order.image.tag) ?? '';
    begun.push(`${order.image.repository.replace('shop/', '')}:${commit}`);
    return build(order, ...rest);
  };
  return begun;
}

test('TB-7: of two pushes within the quiet period, what either changed is built, and nothing else', async t => {
  const { life, write } = await startShop({ quiet: '1m' });
  await life.push(undefined, 'c1');
  await life.later(61_000);
  const begun = building(life);
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  await life.later(10_000);
  write('c3', { 'api/a': '3' });
  await life.push('c2', 'c3');
  await life.later(61_000);
  t.deepEqual(begun.toSorted(), ['api:c3', 'web:c3']);
  t.deepEqual(await told(life, 'c3'), [
    'base: succeeded, carried from c1',
    'web: succeeded, since web/a changed',
    'api: succeeded, since api/a changed',
  ]);
});

test('What the second of two pushes within the quiet period takes back is not built', async t => {
  const { life, write } = await startShop({ quiet: '1m' });
  await life.push(undefined, 'c1');
  await life.later(61_000);
  const begun = building(life);
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  write('c3', { 'web/a': '1' });
  await life.push('c2', 'c3');
  await life.later(61_000);
  t.deepEqual(begun, []);
});

test('What is taken over from a build that was called off meanwhile is taken over from where that would have taken it', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  const begun = building(life);
  const paused = { by: 'ada', why: 'a talk', since: new Date(life.around.clock.now()).toISOString() };
  await life.put(queuePauses, { paused });
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  write('c3', { 'api/a': '3' });
  await life.push('c2', 'c3');
  for (const image of ['base', 'web', 'api']) {
    const build = await life.get(builds, image, shaOf('c2'));
    if (build === undefined) return t.fail(`${image} is on record`);
    await life.put(builds, { ...build, status: 'cancelled', due: undefined });
  }
  await life.put(queuePauses, {});
  await life.later(60_000);
  t.deepEqual(begun.toSorted(), ['api:c3', 'web:c3']);
  t.deepEqual(await told(life, 'c3'), [
    'base: succeeded, carried from c1',
    `web: succeeded, since its build of ${shaOf('c2').slice(0, 7)} was cancelled`,
    'api: succeeded, since api/a changed',
  ]);
});
