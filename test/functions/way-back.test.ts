import test from 'ava';
import { judgeReading } from '../../shared/domain/tags/judge-reading.ts';
import { promotions, services } from '../../shared/records/collections.ts';
import { aTag, NOW } from '../helpers/a-document.ts';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { notify } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const AGE = { target: 'place', image: 'web', minimumAge: '2h' };
const configuration = shopConfiguration('none', {
  more: {
    tags: {
      live: { images: ['web'], follows: 'manual' },
      stable: { images: ['web'], movedBy: 'registry' },
    },
    services: {
      web: { ...AGE, tag: 'prod' },
      later: { ...AGE, tag: 'prod', after: ['web'], pause: '1d' },
      live: { ...AGE, tag: 'live' },
      stable: { ...AGE, tag: 'stable' },
    },
  },
});
const image = (commit: string) => digestOf('web', commit, '');
const running = (life: CalmLife, service = 'web') => life.around.target.running()[service];
const call = (life: CalmLife, path: string, body: object = {}) =>
  callApiOf(life, configuration, path, { body: { by: 'ada', ...body } });
const rollback = (life: CalmLife, tag: string, more: object = {}) =>
  call(life, `tags/web/${tag}/rollback`, { why: 'it is slow', ...more });

async function begin(...commits: readonly string[]): Promise<CalmLife> {
  const life = await startCalmLife({ configuration });
  await life.push(undefined, 'c5');
  for (const commit of commits) {
    await notify(life, commit);
    await life.later(2 * 3_600_000);
  }
  return life;
}

test('Where a person takes a tag back, what runs goes back at once, whatever it would wait for', async t => {
  const life = await begin('c1', 'c2');
  await life.later(2 * 86_400_000);
  t.deepEqual([running(life), running(life, 'later')], [image('c2'), image('c2')]);
  await rollback(life, 'prod');
  t.deepEqual([running(life), running(life, 'later')], [image('c1'), image('c1')]);
  await notify(life, 'c3');
  t.is(running(life), image('c1'), 'the way forward waits as ever');
  await life.later(2 * 3_600_000);
  t.is(running(life), image('c3'));
});

test('Two steps back in a row are at once too, also for what has not gone the first', async t => {
  const life = await begin('c1', 'c2', 'c3');
  const scope = { kind: 'service', target: 'place', service: 'web' };
  await call(life, 'holds', { why: 'a talk', scope });
  await rollback(life, 'prod');
  await rollback(life, 'prod');
  t.is(running(life), image('c3'), 'a hold is not passed');
  await call(life, 'holds/1/release');
  t.is(running(life), image('c1'));
});

test('What does not run what the tag was taken back from waits as ever', async t => {
  const life = await begin('c1');
  await notify(life, 'c2');
  await notify(life, 'c3');
  await rollback(life, 'prod');
  t.is(running(life), image('c1'), 'c2 is a step forward there');
  await life.later(2 * 3_600_000);
  t.is(running(life), image('c2'));
});

test('A tag that others push goes back at once too', async t => {
  const life = await begin('c1', 'c2');
  for (const commit of ['c1', 'c2']) {
    await life.pushTag('web', 'stable', image(commit));
    await life.later(2 * 3_600_000);
  }
  t.is(running(life, 'stable'), image('c2'));
  await rollback(life, 'stable');
  t.is(running(life, 'stable'), image('c1'));
});

const undoes = test.macro({
  async exec(t, tag: string, { told }: { readonly told: boolean }) {
    const life = await begin();
    for (const commit of ['c1', 'c2']) {
      await notify(life, commit);
      await call(life, 'promotions', { from: 'prod', to: tag, images: ['web'] });
      await life.later(2 * 3_600_000);
    }
    t.is(running(life, tag), image('c2'));
    await call(life, 'promotions/2/undo');
    if (told) await life.pushTag('web', tag, image('c1'));
    t.like(await life.get(promotions, 3), { phase: 'moved', undoes: 2 });
    t.is(running(life, tag), image('c1'));
    t.is((await life.get(services, 'place', tag))?.wanted?.digest, image('c1'));
  },
  title: name => `What an undone promotion brought goes at once: ${name}`,
});
test('a channel of people', undoes, 'live', { told: false });
test('a tag that others push, and tell of', undoes, 'stable', { told: true });

test('judgeReading(): what was found before its promotion was undone on record is a way back all the same', t => {
  const standing = { digest: image('c1'), at: '2026-03-02T11:00:00.000Z' };
  const tag = aTag({ follows: undefined, wanted: standing, observed: standing });
  const undone = { from: image('c2'), to: image('c1') };
  t.like(judgeReading({ ...tag, undone }, { digest: image('c1') }, NOW), {
    moved: true,
    tag: { undone: undefined, observed: { takenBackFrom: [image('c2')] } },
  } as object);
  const elsewhere = judgeReading({ ...tag, undone }, { digest: image('c3') }, NOW);
  t.like(elsewhere.tag, { undone: undefined, observed: { takenBackFrom: undefined } } as object);
  t.false(judgeReading(tag, { digest: image('c1') }, NOW).moved);
});
