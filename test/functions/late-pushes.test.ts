import test from 'ava';
import { branches, builds } from '../../shared/records/collections.ts';
import type { CalmLife } from '../helpers/world/calm-life.ts';
import { startShop, told } from '../helpers/world/changing-shop.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';

test('A push whose plan took so long that a newer one overtook it calls off nothing of that', async t => {
  const { life, write } = await startShop({ quiet: '1m' });
  await life.push(undefined, 'c1');
  await life.later(61_000);
  write('c2', { 'web/a': '2' });
  write('c3', { 'api/a': '3' });
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const { changes } = life.around.forge;
  life.around.forge.changes = async (repo, from, to) => {
    if (to === shaOf('c2')) {
      asked.resolve();
      await answered.promise;
    }
    return changes(repo, from, to);
  };
  const older = life.push('c1', 'c2');
  await asked.promise;
  const newer = life.push('c2', 'c3');
  await recorded(life, 'c3');
  answered.resolve();
  await Promise.all([older, newer]);
  t.like(await life.get(branches, 'shop', 'main'), { head: shaOf('c3'), planned: shaOf('c3') });
  await life.later(61_000);
  t.deepEqual(await told(life, 'c3'), [
    'base: succeeded, carried from c1',
    'web: succeeded, since web/a changed',
    'api: succeeded, since api/a changed',
  ]);
});

test('A push that comes after a newer one finds its builds superseded, as if it had come in time', async t => {
  for (const settings of [{ quiet: '1m' }, { supersede: 'running' }] as const) {
    const { life, write } = await startShop(settings);
    await life.push(undefined, 'c1');
    await life.later(61_000);
    write('c2', { 'web/a': '2' });
    write('c3', { 'api/a': '3' });
    await life.push('c2', 'c3');
    await lateFor(life, 'c2');
    for (const image of ['base', 'web', 'api']) {
      t.like(await life.get(builds, image, shaOf('c2')), {
        status: 'superseded',
        lastError: `commit ${shaOf('c3').slice(0, 7)} took its place`,
        due: undefined,
      });
    }
  }
});

test('A push that comes after a newer one is built where every commit gets its images', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  write('c2', { 'web/a': '2' });
  write('c3', { 'api/a': '3' });
  await life.push('c2', 'c3');
  await lateFor(life, 'c2');
  t.like(await life.get(builds, 'web', shaOf('c2')), { status: 'succeeded' });
});

/** The push of a commit arrives when the branch has moved on. */
async function lateFor(life: CalmLife, commit: string): Promise<void> {
  const head = await life.around.forge.head('shop', 'main');
  const { setHead } = life.around.forge;
  life.around.forge.setHead = () => {};
  await life.push('c1', commit);
  life.around.forge.setHead = setHead;
  setHead('main', head);
}

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
