import test from 'ava';
import { builds } from '../../shared/records/collections.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { shopConfiguration, URL_OF_SHOP } from '../helpers/world/shop.ts';

/** A shop whose builds are shown at the forge, which takes no report while it is away. */
async function startReported(more = {}) {
  const shop = { url: URL_OF_SHOP, report: true, ...more };
  const life = await startCalmLife({
    configuration: shopConfiguration('auto', { more: { repos: { shop } } }),
  });
  const shown = new Map<string, string[]>();
  let isAway = false;
  life.around.forge.report = async (_, commit, { context, state }) => {
    if (isAway) throw new Error('You have exceeded a secondary rate limit');
    const key = `${context} ${commit.slice(0, 7)}`;
    shown.set(key, [...(shown.get(key) ?? []), state]);
  };
  return {
    life,
    shown: (image: string, commit: string) => shown.get(`headway/${image} ${shaOf(commit).slice(0, 7)}`),
    away: (is: boolean) => {
      isAway = is;
    },
  };
}

test('the end of a build that the forge did not take is shown when it takes it, and once', async t => {
  const { life, shown, away } = await startReported();
  away(true);
  await life.push(undefined, 'c1');
  t.is(shown('web', 'c1'), undefined);
  const build = await life.get(builds, 'web', shaOf('c1'));
  t.is(build?.status, 'succeeded');
  t.truthy(build?.due);
  await life.later(60_000);
  away(false);
  await life.later(600_000);
  t.deepEqual(shown('web', 'c1'), ['success']);
  t.is((await life.get(builds, 'web', shaOf('c1')))?.due, undefined);
  await life.later(600_000);
  t.deepEqual(shown('web', 'c1'), ['success']);
});

test('a forge that takes no report for a day is not told any more', async t => {
  const { life, away } = await startReported();
  away(true);
  await life.push(undefined, 'c1');
  for (let hours = 0; hours < 27; hours++) await life.later(3_600_000);
  t.is((await life.get(builds, 'web', shaOf('c1')))?.due, undefined);
});

test('an end that nobody reported, since headway was killed, is reported', async t => {
  const { life, shown } = await startReported();
  await life.push(undefined, 'c1');
  t.deepEqual(shown('web', 'c1'), ['pending', 'success']);
  const build = await life.get(builds, 'web', shaOf('c1'));
  if (build === undefined) return t.fail();
  await life.put(builds, { ...build, due: new Date(life.around.clock.now() + 30_000).toISOString() });
  await life.later(60_000);
  t.deepEqual(shown('web', 'c1'), ['pending', 'success', 'success']);
});

test('what is taken over is shown with its end alone', async t => {
  const { life, shown } = await startReported({ builds: { plan: 'changed' } });
  const files = { 'base/Dockerfile': '1' };
  life.around.forge.write('c1', files);
  await life.push(undefined, 'c1');
  life.around.forge.write('c2', files);
  await life.push('c1', 'c2');
  t.is((await life.get(builds, 'web', shaOf('c2')))?.carries, shaOf('c1'));
  t.deepEqual(shown('web', 'c2'), ['success']);
});
