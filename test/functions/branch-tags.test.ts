import test from 'ava';
import { branches, builds, tags } from '../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
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

const RELEASE = 'release';

test('A commit that was built on one branch gets the tag of another that comes to it', async t => {
  const { life, tagOf } = await startLife();
  await life.push(undefined, 'c1');
  t.is((await life.push(undefined, 'c1', { branch: RELEASE })).status, 202);
  const base = await life.get(builds, 'base', shaOf('c1'));
  t.truthy(base?.digest);
  t.like(await tagOf(RELEASE), {
    follows: { repo: 'shop', branch: RELEASE },
    ofBranch: true,
    observed: { digest: base?.digest },
  });
  await life.push('c1', 'c2');
  await life.push('c1', 'c2', { branch: RELEASE });
  const next = await life.get(builds, 'base', shaOf('c2'));
  t.like(await tagOf(RELEASE), { observed: { commit: shaOf('c2'), digest: next?.digest } });
});

test('A branch that comes to a commit while that is built gets its tag with the rest', async t => {
  const { life, tagOf } = await startLife();
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const { build } = life.around.builder;
  life.around.builder.build = async (...order) => {
    begun.resolve();
    await ended.promise;
    return build(...order);
  };
  const pushes = [life.push(undefined, 'c1', { branch: 'feature' })];
  await begun.promise;
  pushes.push(life.push(undefined, 'c1'));
  await recorded(life, 'main');
  ended.resolve();
  await Promise.all(pushes);
  const base = await life.get(builds, 'base', shaOf('c1'));
  t.like(base, { branch: 'feature', furtherBranches: [{ branch: 'main', tag: '2026.3-main' }] });
  for (const branch of ['feature', 'main']) {
    t.like(await tagOf(branch), { observed: { digest: base?.digest } }, branch);
  }
});

test('What a branch gave up for a newer push is built for another that comes to it', async t => {
  const { life, tagOf } = await startLife({ quiet: '1m' });
  await life.push(undefined, 'c1');
  await life.push('c1', 'c2');
  t.like(await life.get(builds, 'base', shaOf('c1')), { status: 'superseded' });
  await life.push(undefined, 'c1', { branch: RELEASE });
  await life.later(61_000);
  t.like(await life.get(builds, 'base', shaOf('c1')), { status: 'succeeded', branch: RELEASE });
  t.like(await life.get(builds, 'web', shaOf('c1')), { status: 'succeeded', branch: RELEASE });
  t.like(await tagOf(RELEASE), { observed: { commit: shaOf('c1') } });
});

test('What another branch has come to is not given up for a newer push', async t => {
  const { life } = await startLife({ quiet: '1m' });
  await life.push(undefined, 'c1');
  await life.push(undefined, 'c1', { branch: RELEASE });
  await life.push('c1', 'c2');
  await life.later(61_000);
  t.like(await life.get(builds, 'base', shaOf('c1')), { status: 'succeeded' });
});

async function startLife(more: object = {}) {
  const shop = { url: URL_OF_SHOP, branchTags: { prefix: '2026.3' }, builds: { branches: ['*'], ...more } };
  const life = await startCalmLife({
    configuration: shopConfiguration('auto', { more: { repos: { shop } } }),
  });
  return { life, tagOf: (branch: string) => life.get(tags, 'base', `2026.3-${branch}`) };
}

/** Until a branch is on record. */
function recorded(life: CalmLife, branch: string): Promise<void> {
  return new Promise(resolve => {
    const look = async () => {
      if ((await life.get(branches, 'shop', branch)) === undefined) return;
      stop();
      resolve();
    };
    const stop = life.documents.watch(look);
    void look();
  });
}
