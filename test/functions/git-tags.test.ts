import test from 'ava';
import { builds, deliveries, gitTags, tags } from '../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { pushOf, shopConfiguration } from '../helpers/world/shop.ts';

/** Tahobuddy's two deploy configurations: one for Git tags of a pattern, one for a branch. */
const TWO = {
  tags: {
    release: { images: ['web'], follows: 'git-tag', pattern: 'release-*' },
    dev: { images: ['web'], branch: 'dev' },
  },
  services: {
    heroku: { target: 'place', image: 'web', tag: 'release' },
    docker: { target: 'place', image: 'web', tag: 'dev' },
  },
} as const;

const begin = (more: object, builder: 'none' | 'auto' = 'none') =>
  startCalmLife({ configuration: shopConfiguration(builder, { more: { ...more } }) });
const image = (commit: string) => digestOf('web', commit, '');
const running = (life: CalmLife, service: string) => life.around.target.running()[service];

async function build(life: CalmLife, ...commits: readonly string[]) {
  for (const commit of commits) {
    await life.built('web', commit);
    await life.notice('web', commit);
  }
}
const gitTag = (life: CalmLife, name: string, commit: string, more: object = {}) =>
  life.deliver({ ...pushOf(undefined, commit, { ref: `refs/tags/${name}` }), ...more });
const removed = { after: '0'.repeat(40), deleted: true, head_commit: null };

async function outcomes({ records }: CalmLife) {
  const found = await records.query(deliveries, { limit: 100 });
  return found.filter(({ source }) => source === 'github').map(({ outcome }) => outcome);
}

test('TB-4: tag release-1.2 deploys only what follows release-*, a push to dev only what follows dev, another tag nothing', async t => {
  const life = await begin(TWO);
  await life.push(undefined, 'c2', { branch: 'dev' });
  await build(life, 'c2');
  t.is(running(life, 'docker'), image('c2'));
  t.is(running(life, 'heroku'), undefined);
  await gitTag(life, 'release-1.2', 'c2');
  t.is(running(life, 'heroku'), image('c2'));
  t.deepEqual(await life.ledger('web', 'release'), ['c2 moved: Git tag release-1.2']);
  await life.push('c2', 'c3', { branch: 'dev' });
  await build(life, 'c3');
  await gitTag(life, 'nightly-3', 'c3');
  t.is(running(life, 'docker'), image('c3'));
  t.is(running(life, 'heroku'), image('c2'));
  t.true((await outcomes(life)).includes('tag nightly-3: nothing follows it'));
});

test('A Git tag that comes before the build waits for it, and builds that nobody asked for say nothing', async t => {
  const life = await begin(TWO);
  await gitTag(life, 'release-1', 'c3');
  await build(life, 'c1', 'c2');
  t.is(running(life, 'heroku'), undefined);
  await build(life, 'c3');
  t.is(running(life, 'heroku'), image('c3'));
  t.deepEqual(await life.ledger('web', 'release'), ['c3 moved: Git tag release-1']);
});

test('Forward only: a Git tag on an older commit does not move it back; one beside it waits for a person', async t => {
  const life = await begin(TWO);
  await build(life, 'c3', 'c2', 'r4');
  await gitTag(life, 'release-3', 'c3');
  await gitTag(life, 'release-2', 'c2');
  await gitTag(life, 'release-4', 'r4');
  t.is(running(life, 'heroku'), image('c3'));
  t.deepEqual(await life.ledger('web', 'release'), [
    'c3 moved: Git tag release-3',
    'c2 refused: release is 1 commit ahead',
    'r4 waiting: neither this commit nor the one release is on holds the other; a person must accept it',
  ]);
});

test('A Git tag that was deleted before its commit was built moves nothing', async t => {
  const life = await begin(TWO);
  await gitTag(life, 'release-1', 'c1');
  await gitTag(life, 'release-1', 'c1', removed);
  await build(life, 'c1');
  t.is(running(life, 'heroku'), undefined);
  t.like(await life.get(gitTags, 'shop', 'release-1'), { commit: shaOf('c1'), deleted: true });
});

test('A commit that no push of a branch brought is built for its Git tag, on its parent', async t => {
  const life = await begin(TWO, 'auto');
  await gitTag(life, 'release-1', 'c1');
  const base = await life.get(builds, 'base', shaOf('c1'));
  t.like(await life.get(builds, 'web', shaOf('c1')), {
    status: 'succeeded',
    parentDigest: base?.digest,
    reasons: ['Git tag release-1 names the commit'],
  } as object);
  t.is(await life.get(builds, 'api', shaOf('c1')), undefined, 'nothing that nobody asked for');
  t.is(running(life, 'heroku'), (await life.get(builds, 'web', shaOf('c1')))?.digest);
});

test('Of an annotated tag the commit counts that it names', async t => {
  const life = await begin(TWO);
  await build(life, 'c1');
  await gitTag(life, 'release-1', 'c1', { after: 'a'.repeat(40) });
  t.is(running(life, 'heroku'), image('c1'));
});

test('semver: a tag is on the highest release of its range, whatever comes when', async t => {
  const life = await begin({
    tags: {
      v1: { images: ['web'], follows: 'semver' },
      'v1.2': { images: ['web'], follows: 'semver' },
      next: { images: ['web'], follows: 'semver', range: '*', preReleases: true },
    },
  });
  await build(life, 'c1', 'c2', 'c3', 'c4', 'r4');
  for (const [name, commit] of [
    ['v1.2.0', 'c2'],
    ['v1.10.0', 'c4'],
    ['v1.9.0', 'c3'],
    ['v1.2.1', 'r4'],
    ['v2.0.0-rc.1', 'c5'],
    ['latest', 'c5'],
  ] as const) {
    await gitTag(life, name, commit);
  }
  await build(life, 'c5');
  const on = async (tag: string) => (await life.get(tags, 'web', tag))?.observed?.digest;
  t.is(await on('v1'), image('c4'));
  t.is(await on('v1.2'), image('r4'), 'from a release branch, which no commit of main holds');
  t.is(await on('next'), image('c5'));
  t.deepEqual(await life.ledger('web', 'v1'), [
    'c2 moved: Git tag v1.2.0',
    'c4 moved: Git tag v1.10.0',
    'c3 refused: v1 is on v1.10.0, a higher version',
    'r4 refused: v1 is on v1.10.0, a higher version',
  ]);
});
