import test from 'ava';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { builds, tags } from '../../shared/records/collections.ts';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const IMAGES = ['web', 'api'] as const;
const configuration = shopConfiguration('none', {
  more: { tags: { stack: { images: IMAGES, whole: true } } },
});

async function begin() {
  const life = await startCalmLife({ configuration });
  await life.push(undefined, 'c5');
  return life;
}
async function build(life: CalmLife, image: string, commit: string) {
  await life.built(image, commit);
  await life.notice(image, commit);
}
const commitOf = async (life: CalmLife, image: string) => {
  const found = life.around.registry.tags()[`registry.example/shop/${image}:stack`];
  return ['c1', 'c2', 'c3', 'c4', 'c5'].find(commit => digestOf(image, commit, '') === found);
};
const stack = async (life: CalmLife) => `${await commitOf(life, 'web')} ${await commitOf(life, 'api')}`;
const say = (life: CalmLife, word: string, body: object) =>
  callApiOf(life, configuration, `tags/web/stack/${word}`, { body });

test('Nothing moves until every image of the tag is built at the commit; then all do', async t => {
  const life = await begin();
  await build(life, 'web', 'c1');
  t.is(await stack(life), 'undefined undefined');
  await build(life, 'api', 'c1');
  t.is(await stack(life), 'c1 c1');
  t.deepEqual(await life.ledger('web', 'stack'), [
    'c1 waiting: not every image of stack is built at this commit',
    'c1 moved: the first image of the branch',
  ]);
});

test('The newest whole commit wins, and what it overtook is refused', async t => {
  const life = await begin();
  for (const [image, commit] of [
    ['web', 'c1'],
    ['api', 'c1'],
    ['web', 'c4'],
    ['web', 'c2'],
    ['api', 'c3'],
    ['web', 'c3'],
    ['api', 'c2'],
  ] as const) {
    await build(life, image, commit);
  }
  t.is(await stack(life), 'c3 c3');
  t.true((await life.ledger('web', 'stack')).includes('c2 refused: stack is 1 commit ahead'));
  await build(life, 'api', 'c4');
  t.is(await stack(life), 'c4 c4');
  for (const image of IMAGES) {
    t.like(await life.get(tags, image, 'stack'), { candidates: { length: 0 }, due: undefined } as object);
  }
});

test('A rebuild of one image is taken at the commit where all of them are', async t => {
  const life = await begin();
  for (const image of IMAGES) await build(life, image, 'c1');
  await life.notice('api', 'c1', { started_at: '2026-03-02T22:00:00Z' });
  await life.built('api', 'c1', 'again');
  await life.notice('api', 'c1', { started_at: '2026-03-02T23:00:00Z' });
  const now = life.around.registry.tags()['registry.example/shop/api:stack'];
  t.is(now, (await life.get(builds, 'api', shaOf('c1')))?.digest);
  t.is(await commitOf(life, 'web'), 'c1');
});

test('A registry that fails for one image leaves the others moved, and that one follows', async t => {
  const life = await begin();
  for (const image of IMAGES) await build(life, image, 'c1');
  const { retag } = life.around.registry;
  life.around.registry.retag = async (place, ...rest) => {
    if (place.repository === 'shop/api') throw new Error('no route to the registry');
    return retag(place, ...rest);
  };
  for (const image of IMAGES) await build(life, image, 'c2');
  t.is(await stack(life), 'c2 c1');
  life.around.registry.retag = retag;
  await life.later(60_000);
  t.is(await stack(life), 'c2 c2');
});

test('A registry that does not move one image takes all of them back; a newer commit, or a release, goes on', async t => {
  const life = await begin();
  for (const image of IMAGES) await build(life, image, 'c1');
  const { retag } = life.around.registry;
  const refuse = () => {
    life.around.registry.retag = async (place, ...rest) => {
      if (place.repository === 'shop/api')
        throw new RegistryError('Cannot move it: 403', { temporary: false });
      return retag(place, ...rest);
    };
  };
  const longer = async () => {
    for (let i = 0; i < 8; i++) await life.later(60_000);
  };
  refuse();
  for (const image of IMAGES) await build(life, image, 'c2');
  t.is(await stack(life), 'c2 c1', 'it may be one of the moment');
  await longer();
  t.is(await stack(life), 'c1 c1');
  t.is(
    (await life.ledger('web', 'stack')).at(-1),
    'c1 moved: headway took it back: api cannot move with it: Cannot move it: 403',
  );
  t.is((await life.ledger('api', 'stack')).at(-1), 'c2 refused: Cannot move it: 403');
  life.around.registry.retag = retag;
  await longer();
  t.is(await stack(life), 'c1 c1');
  t.is((await say(life, 'release', { by: 'ada' })).status, 202);
  t.is(await stack(life), 'c2 c2');
  refuse();
  for (const image of IMAGES) await build(life, image, 'c3');
  await longer();
  t.is(await stack(life), 'c2 c2');
  life.around.registry.retag = retag;
  for (const image of IMAGES) await build(life, image, 'c4');
  t.is(await stack(life), 'c4 c4');
});

test('A rebuild that one image cannot take leaves the others where they are', async t => {
  const life = await begin();
  for (const image of IMAGES) await build(life, image, 'c1');
  for (const image of IMAGES) await build(life, image, 'c2');
  life.around.registry.retag = () => Promise.reject(new RegistryError('Cannot: 403', { temporary: false }));
  await life.notice('api', 'c2', { started_at: '2026-03-02T22:00:00Z' });
  await life.built('api', 'c2', 'again');
  await life.notice('api', 'c2', { started_at: '2026-03-02T23:00:00Z' });
  for (let i = 0; i < 8; i++) await life.later(60_000);
  t.is(await stack(life), 'c2 c2');
  t.is((await life.get(tags, 'web', 'stack'))?.rolledBack, undefined);
  t.is((await life.get(tags, 'api', 'stack'))?.rolledBack?.by, 'headway');
});

test('A rollback takes all of them back; a commit that only some have is refused', async t => {
  const life = await begin();
  for (const commit of ['c2', 'c3']) for (const image of IMAGES) await build(life, image, commit);
  await build(life, 'web', 'c1');
  const refused = await say(life, 'rollback', { why: 'slow', commit: shaOf('c1') });
  t.regex(refused.detail, /image "api" has no build of commit/);
  t.is((await say(life, 'rollback', { by: 'ada', why: 'slow' })).status, 202);
  t.is(await stack(life), 'c2 c2');
  await life.later(3_600_000);
  for (const image of IMAGES) await build(life, image, 'c4');
  t.is(await stack(life), 'c4 c4');
});
