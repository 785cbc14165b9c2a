import test from 'ava';
import { MissingCommit } from '../../shared/ports/forge.ts';
import { branches, deliveries } from '../../shared/records/collections.ts';
import type { CalmLife } from '../helpers/world/calm-life.ts';
import { startShop, told } from '../helpers/world/changing-shop.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';

/** The forge does not have a commit until it is given back. */
function hide(life: CalmLife, name: string): () => void {
  const { forge } = life.around;
  const kept = { ...forge };
  const hidden = shaOf(name);
  forge.commit = async (repo, sha) => (sha === hidden ? undefined : kept.commit(repo, sha));
  forge.compare = async (repo, a, b) =>
    a === hidden || b === hidden ? { relation: 'unknown' } : kept.compare(repo, a, b);
  forge.changes = async (repo, from, to) => {
    if (from === hidden || to === hidden) throw new MissingCommit('read', { repo, commit: hidden });
    return kept.changes(repo, from, to);
  };
  return () => Object.assign(forge, kept);
}

test('A push that comes before its forge can show the commit waits for it, and is then planned', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'c1');
  const show = hide(life, 'c2');
  write('c2', { 'web/a': '2' });
  await life.push('c1', 'c2');
  t.like(await life.get(deliveries, 'github', 'push-2'), {
    status: 'waiting',
    attempts: 1,
    lastError: `Cannot plan commit ${shaOf('c2')} of repo "shop": the forge does not know it yet`,
  });
  show();
  await life.later(60_000);
  t.deepEqual(await told(life, 'c2'), [
    'base: succeeded, carried from c1',
    'web: succeeded, since web/a changed',
    'api: succeeded, carried from c1',
  ]);
});

test('A branch goes on where its last head is in no history any more, with everything built anew', async t => {
  const { life, write } = await startShop();
  await life.push(undefined, 'r3');
  hide(life, 'r3');
  write('c3', { 'web/a': '3' });
  await life.push('r3', 'c3', { forced: true });
  const gone = `since commit ${shaOf('r3').slice(0, 7)}, which it would be compared with, is gone`;
  t.deepEqual(await told(life, 'c3'), [
    `base: succeeded, ${gone}`,
    `web: succeeded, ${gone} and it stands on base, which is built`,
    `api: succeeded, ${gone} and it stands on base, which is built`,
  ]);
  t.like(await life.get(branches, 'shop', 'main'), { head: shaOf('c3'), planned: shaOf('c3'), epoch: 2 });
});

test('A head that the forge has not shown for an hour is one that was given up, and until then one that may come', async t => {
  const { life } = await startShop();
  await life.push(undefined, 'r3');
  hide(life, 'r3');
  await life.push('c2', 'c3');
  t.like(await life.get(branches, 'shop', 'main'), { head: shaOf('r3') });
  await life.later(61 * 60_000);
  t.like(await life.get(branches, 'shop', 'main'), { head: shaOf('c3'), epoch: 2 });
});
