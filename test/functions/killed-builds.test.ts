import test from 'ava';
import { releaseClaims } from '../../infra/local/release-claims.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { builds } from '../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';

const get = (life: CalmLife) => life.get(builds, 'base', shaOf('c1'));
const minutes = (life: CalmLife, count: number) =>
  new Date(life.around.clock.now() + count * 60_000).toISOString();

/** As a worker leaves a build that is killed at it. */
async function leave(life: CalmLife, more: Partial<Build> = {}) {
  const until = minutes(life, 1);
  await life.put(builds, {
    image: 'base',
    commit: shaOf('c1'),
    repo: 'shop',
    steps: [],
    attempts: 0,
    ...(await get(life)),
    status: 'building',
    buildId: 'lost',
    claim: { by: 'the dead', until },
    due: until,
    ...more,
  });
}

const restarted = (life: CalmLife, isKilled: boolean) =>
  releaseClaims(life.records, { now: life.around.clock.now(), isKilled });

test('A build at which headway was killed is begun again at once, and in the time that it had', async t => {
  const life = await startCalmLife();
  const startedAt = minutes(life, -1);
  await leave(life, { startedAt });
  for (const deaths of [1, 2, 3, 4, 5, 6]) {
    await restarted(life, true);
    const build = await get(life);
    t.like(build, { deaths, attempts: 0, startedAt });
    t.true(String(build?.due) <= minutes(life, 0));
    await leave(life);
  }
  await restarted(life, true);
  await leave(life, { startedAt: minutes(life, -31) });
  await restarted(life, true);
  await life.settle();
  t.like(await get(life), {
    status: 'failed',
    lastError: 'no end within 30m; headway was killed 8 times while it was built',
    due: undefined,
  } as object);
  t.truthy((await get(life))?.noticedAt, 'its end is told like any other');
});

test('A build that was killed is built when it goes well at last', async t => {
  const life = await startCalmLife();
  await leave(life, { deaths: 2 });
  await restarted(life, true);
  await life.settle();
  t.like(await get(life), { status: 'succeeded', deaths: 3 });
});

test('A host that was told to stop has killed nothing: what it left is begun again as often as that happens', async t => {
  const life = await startCalmLife();
  for (let restarts = 0; restarts < 6; restarts++) {
    await leave(life);
    await restarted(life, false);
    t.is((await get(life))?.deaths, undefined);
  }
  await life.settle();
  t.like(await get(life), { status: 'succeeded' });
});

test('What is taken over from a worker that is gone has only the time that is left of its first', async t => {
  const life = await startCalmLife();
  const startedAt = minutes(life, -31);
  await leave(life, {
    startedAt,
    claim: { by: 'the dead', until: minutes(life, -1) },
    due: minutes(life, -1),
  });
  life.around.builder.build = (_, __, signal) =>
    new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)));
  await life.settle();
  t.like(await get(life), { status: 'failed', startedAt, lastError: 'no end within 30m' });
});

test('A try after a failure has all of its time', async t => {
  const life = await startCalmLife();
  const startedAt = minutes(life, -31);
  await leave(life, { startedAt, claim: undefined, attempts: 1, due: minutes(life, -1) });
  await life.settle();
  t.like(await get(life), { status: 'succeeded' });
});
