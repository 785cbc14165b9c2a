import test from 'ava';
import { builds } from '../../shared/records/collections.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { shopConfiguration, URL_OF_SHOP } from '../helpers/world/shop.ts';

test('The first of two branches that would have one tag keeps it, whichever is pushed next', async t => {
  const shop = { url: URL_OF_SHOP, branchTags: { prefix: '2026.3' }, builds: { branches: ['*'] } };
  const life = await startCalmLife({
    configuration: shopConfiguration('auto', { more: { repos: { shop } } }),
  });
  const tagAt = async (commit: string) => (await life.get(builds, 'base', shaOf(commit)))?.branchTag;
  await life.push(undefined, 'c1', { branch: 'a/b' });
  await life.push(undefined, 'c2', { branch: 'a-b' });
  await life.push('c1', 'c3', { branch: 'a/b' });
  await life.push('c2', 'c4', { branch: 'a-b' });
  t.is(await tagAt('c1'), '2026.3-a-b');
  t.regex((await tagAt('c2')) ?? '', /^2026\.3-a-b-[0-9a-f]{8}$/);
  t.is(await tagAt('c3'), '2026.3-a-b');
  t.is(await tagAt('c4'), await tagAt('c2'));
});
