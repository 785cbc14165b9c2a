import test from 'ava';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { builds } from '../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';

const get = (life: CalmLife, commit: string) => life.get(builds, 'base', shaOf(commit));

/** Two builds that are due, at a builder with one place, and room for more here; the first ends when it is told to. */
async function startTwo() {
  const life = await startCalmLife({ builds: 4, places: 1 });
  const due = new Date(life.around.clock.now()).toISOString();
  const waits = { image: 'base', repo: 'shop', status: 'waiting' as const, steps: [], attempts: 0, due };
  for (const commit of ['c1', 'c2']) await life.put(builds, { ...waits, commit: shaOf(commit) });
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { build } = life.around.builder;
  life.around.builder.build = async (order, ...rest) => {
    begun.resolve();
    if (order.image.tag === shaOf('c1')) await ended.promise;
    return build(order, ...rest);
  };
  return { life, begun: begun.promise, end: ended };
}

test('What waits for its builder has not begun: it is claimed by nobody, and its time is all there', async t => {
  const { life, begun, end } = await startTwo();
  const first = life.settle();
  await begun;
  await life.sweep();
  t.like(await get(life, 'c1'), { status: 'building' });
  t.like(await get(life, 'c2'), { status: 'waiting', claim: undefined, attempts: 0, startedAt: undefined });
  life.around.clock.pass(45 * 60_000);
  end.resolve();
  await first;
  await life.settle();
  t.like(await get(life, 'c2'), { status: 'succeeded', lastError: undefined });
});

test('What waits for its builder may still be called off', async t => {
  const { life, begun, end } = await startTwo();
  const first = life.settle();
  await begun;
  await life.sweep();
  const waiting = await get(life, 'c2');
  if (waiting === undefined) return t.fail();
  await life.put(builds, { ...waiting, status: 'cancelled', due: undefined });
  end.resolve();
  await first;
  await life.settle();
  t.like(await get(life, 'c2'), { status: 'cancelled', startedAt: undefined });
});

test('A place is left by what fails too', async t => {
  const { life, begun, end } = await startTwo();
  const first = life.settle();
  await begun;
  end.reject(new BuildFailure('the Dockerfile is broken'));
  await first;
  await life.settle();
  t.like(await get(life, 'c1'), { status: 'failed' });
  t.like(await get(life, 'c2'), { status: 'succeeded' });
});
