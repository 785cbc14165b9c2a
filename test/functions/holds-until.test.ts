import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { holds, promotions, services, tags } from '../../shared/records/collections.ts';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { notify } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const configuration = shopConfiguration('none', {
  more: {
    repos: { docs: { url: 'https://git.example/acme/docs.git' } },
    tags: {
      prod: { images: ['web', 'api'] },
      early: { images: ['web'], branch: 'main' },
      channel: { images: ['web'], follows: 'manual' },
    },
    services: { jobs: { target: 'place', image: 'web', tag: 'early' } },
  },
});
const gates = {
  gpu: { kind: 'command', run: ['test'], images: ['web'] },
  people: { kind: 'approval', count: 1, deadline: '1d' },
};
const UNTIL_C3 = { kind: 'commit', repo: 'shop', commit: shaOf('c3') } as const;

async function begin(scope: object, until: object = UNTIL_C3): Promise<CalmLife> {
  const life = await startCalmLife({ configuration });
  await life.push(undefined, 'c5');
  for (const image of ['web', 'api']) await notify(life, 'c1', image);
  await callApiOf(life, configuration, 'holds', { body: { by: 'ada', why: 'slow', scope, until } });
  return life;
}
const state = async (life: CalmLife) => (await life.get(holds, 1))?.state;
const tagOf = (life: CalmLife, image: string, tag = 'prod') => {
  const found = life.around.registry.tags()[`registry.example/shop/${image}:${tag}`];
  return ['c1', 'c2', 'c3', 'c4'].find(commit => digestOf(image, commit, '') === found);
};

const standsUntilAllAreThere = test.macro({
  async exec(t, scope: object) {
    const life = await begin(scope);
    await notify(life, 'c3', 'api');
    t.is(tagOf(life, 'api'), 'c3', 'what contains the commit passes');
    t.is(await state(life), 'standing');
    await notify(life, 'c2', 'web');
    t.is(tagOf(life, 'web'), 'c1', 'what does not is held on');
    await notify(life, 'c4', 'web');
    t.is(tagOf(life, 'web'), 'c4');
    t.is(life.around.target.running()['web'], digestOf('web', 'c4', ''));
    t.is(await state(life), 'ended');
  },
  title: name =>
    `Holds hold: a hold until a commit over ${name} stands until every tag under it has come there`,
});
test('a tag of several images', standsUntilAllAreThere, { kind: 'tag', tag: 'prod' });
test('everything', standsUntilAllAreThere, { kind: 'everything' });

test('A hold until a commit over an image does not end with one of its tags', async t => {
  const life = await begin({ kind: 'image', image: 'web' });
  await callApiOf(life, configuration, 'holds', {
    body: { by: 'ada', why: 'here', scope: { kind: 'tag', tag: 'prod', image: 'web' } },
  });
  await notify(life, 'c4', 'web');
  t.is(tagOf(life, 'web', 'early'), 'c4');
  t.is(tagOf(life, 'web', 'prod'), 'c1', 'it is held once more');
  t.is(await state(life), 'standing');
  await callApiOf(life, configuration, 'holds/2/release', { body: { by: 'ada' } });
  t.is(tagOf(life, 'web', 'prod'), 'c4');
  t.is(await state(life), 'ended');
});

test('A hold until a commit over a target stands until the tags of all its services are there', async t => {
  const life = await begin({ kind: 'target', target: 'place' });
  await notify(life, 'c2', 'web');
  await notify(life, 'c3', 'api');
  t.is(await state(life), 'standing');
  t.is((await life.get(services, 'place', 'api'))?.observed?.commit, shaOf('c3'));
  t.is((await life.get(services, 'place', 'web'))?.observed?.commit, shaOf('c1'));
  await notify(life, 'c3', 'web');
  t.is(await state(life), 'ended');
  t.is((await life.get(services, 'place', 'web'))?.observed?.commit, shaOf('c3'));
});

const refuses = test.macro({
  async exec(t, scope: object, until: object, reason: string) {
    const life = await startCalmLife({ configuration });
    const its = { ...configuration, gates: ConfigurationShape.parse({ gates }).gates };
    const { status, detail } = await callApiOf(life, its, 'holds', { body: { why: 'slow', scope, until } });
    t.is(status, 422);
    t.is(detail, `Cannot hold that: ${reason}`);
    t.is(await state(life), undefined);
  },
  title: name => `A hold that could never end is refused: ${name}`,
});
const never = (what: string, repo = 'shop') =>
  `${what} follows no branch or Git tag of repo "${repo}", and would never come to its commit; have it end otherwise`;
test(
  'until a commit, over a tag that people move',
  refuses,
  { kind: 'tag', tag: 'channel', image: 'web' },
  UNTIL_C3,
  never('tag web:channel'),
);
test(
  'until a commit of a repo that no image of it has',
  refuses,
  { kind: 'image', image: 'web' },
  { ...UNTIL_C3, repo: 'docs' },
  never('image web', 'docs'),
);
test(
  'until a commit, over a tag that only promotions name',
  refuses,
  { kind: 'tag', tag: '2026.3-stable' },
  UNTIL_C3,
  never('tag 2026.3-stable'),
);
test(
  'until people approve',
  refuses,
  { kind: 'everything' },
  { kind: 'gate', gate: 'people', image: 'web' },
  'gate "people" asks people, about one promotion or for one tag; have it end otherwise',
);
test(
  'until a gate of another image',
  refuses,
  { kind: 'everything' },
  { kind: 'gate', gate: 'gpu', image: 'api' },
  'gate "gpu" is not asked about image "api"; have it end otherwise',
);

test('A hold over a tag that only promotions name stops them', async t => {
  const life = await startCalmLife({ configuration });
  await life.push(undefined, 'c5');
  await notify(life, 'c1', 'web');
  const scope = { kind: 'tag', tag: '2026.3-stable' };
  t.is((await callApiOf(life, configuration, 'holds', { body: { why: 'slow', scope } })).status, 202);
  const body = { from: 'prod', to: '2026.3-stable', images: ['web'] };
  await callApiOf(life, configuration, 'promotions', { body });
  t.is((await life.get(promotions, 1))?.phase, 'refused');
  await callApiOf(life, configuration, 'holds/1/release', { body: {} });
  await callApiOf(life, configuration, 'promotions', { body });
  t.is((await life.get(promotions, 2))?.phase, 'moved');
  const named = { kind: 'tag', tag: 'not a tag' };
  t.regex(
    (await callApiOf(life, configuration, 'holds', { body: { why: 'slow', scope: named } })).detail,
    /"not a tag" is not a tag/,
  );
});

test('Holds hold: until a commit also over a tag that its branch made', async t => {
  const shop = {
    ...configuration.repos['shop'],
    branchTags: { prefix: '2026.3' },
    builds: { branches: ['*'] },
  };
  const its = shopConfiguration('auto', { more: { repos: { shop } } });
  const life = await startCalmLife({ configuration: its });
  await life.push(undefined, 'c1');
  const scope = { kind: 'tag', tag: '2026.3-main', image: 'web' };
  const held = await callApiOf(life, its, 'holds', { body: { why: 'slow', scope, until: UNTIL_C3 } });
  t.is(held.status, 202);
  const at = async (image: string) => (await life.get(tags, image, '2026.3-main'))?.observed?.commit;
  await life.push('c1', 'c2');
  t.deepEqual([await at('web'), await at('api')], [shaOf('c1'), shaOf('c2')]);
  t.is(await state(life), 'standing');
  await life.push('c2', 'c4');
  t.is(await at('web'), shaOf('c4'));
  t.is(await state(life), 'ended');
});

test('A tag that its branch made goes on at once when its hold is released', async t => {
  const shop = {
    ...configuration.repos['shop'],
    branchTags: { prefix: '2026.3' },
    builds: { branches: ['*'] },
  };
  const its = shopConfiguration('auto', { more: { repos: { shop } } });
  const life = await startCalmLife({ configuration: its });
  await life.push(undefined, 'c1');
  const scope = { kind: 'tag', tag: '2026.3-main', image: 'web' };
  await callApiOf(life, its, 'holds', { body: { why: 'slow', scope } });
  await life.push('c1', 'c2');
  for (let i = 0; i < 12; i++) await life.later(600_000);
  const at = async () => (await life.get(tags, 'web', '2026.3-main'))?.observed?.commit;
  t.is(await at(), shaOf('c1'));
  await callApiOf(life, its, 'holds/1/release', { body: {} });
  t.is(await at(), shaOf('c2'));
});
