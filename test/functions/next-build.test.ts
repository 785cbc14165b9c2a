import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import type { Build } from '../../shared/domain/documents/build.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { builds, queuePauses } from '../../shared/records/collections.ts';
import { refTo } from '../../shared/records/records.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';

const hintOf = (commit: string, { image = 'base' }: Partial<Build> = {}) => ({
  topic: 'builds' as const,
  collection: 'builds',
  key: refTo(builds, image, shaOf(commit)).key,
});

/**
 * A builder whose places are taken by the first commits, until each ends as it is told to, and builds that were turned
 * away there. No sweep comes by.
 */
async function startQueue(first: readonly string[], waiting: Readonly<Record<string, Partial<Build>>>) {
  const life = await startCalmLife({ builds: 8, places: first.length });
  const due = new Date(life.around.clock.now()).toISOString();
  const ends = new Map(first.map(commit => [shaOf(commit), Promise.withResolvers<void>()]));
  const begun: string[] = [];
  const { build } = life.around.builder;
  life.around.builder.build = async (order, progress, signal) => {
    const commit = order.image.tag ?? '';
    begun.push(`${order.image.repository.replace('shop/', '')} ${commit}`);
    const end = ends.get(commit as ReturnType<typeof shaOf>)?.promise;
    const stopped = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => stopped.reject(signal.reason));
    if (end !== undefined) await Promise.race([end, stopped.promise]);
    return build(order, progress, signal);
  };
  const look = async (wanted: Readonly<Record<string, Partial<Build>>>) => {
    for (const [commit, more] of Object.entries(wanted)) {
      const waits = { image: 'base', repo: 'shop', status: 'waiting' as const, steps: [], attempts: 0, due };
      await life.put(builds, { ...waits, commit: shaOf(commit), ...more });
      await life.hints().publish([hintOf(commit, more)]);
    }
    // All that is asked of models is answered within this turn, so that each has its place or was turned away.
    await setImmediate();
  };
  await look(Object.fromEntries(first.map(commit => [commit, {}])));
  await look(waiting);
  return {
    life,
    end: (commit: string) => ends.get(shaOf(commit))?.resolve(),
    fail: (commit: string, error: Error) => ends.get(shaOf(commit))?.reject(error),
    /** What was begun, in this order, once nothing is under way any more. */
    async begun() {
      await life.hints().idle();
      return begun.slice(first.length);
    },
  };
}
const base = (...commits: readonly string[]) => commits.map(commit => `base ${shaOf(commit)}`);

test('What waits for a place is begun when one is left, the most urgent first and the last ones last', async t => {
  const waiting = { c2: { priority: -1 }, c3: {}, c4: { priority: 2 }, c5: { priority: 1 } };
  const { begun, end } = await startQueue(['c1'], waiting);
  end('c1');
  t.deepEqual(await begun(), base('c4', 'c5', 'c3', 'c2'));
});

test('As many are begun as places are left at once', async t => {
  const { life, begun, end } = await startQueue(['c1', 'c2'], { c3: {}, c4: {}, c5: {} });
  end('c1');
  end('c2');
  t.deepEqual((await begun()).toSorted(), base('c3', 'c4', 'c5').toSorted());
  t.like(await life.get(builds, 'base', shaOf('c5')), { status: 'succeeded' });
});

for (const [title, error] of [
  ['fails', new BuildFailure('the Dockerfile is broken')],
  ['will be tried again', new Error('503 from the registry')],
] as const)
  test(`The place of a build that ${title} is the next one's`, async t => {
    const { begun, fail } = await startQueue(['c1'], { c2: {} });
    fail('c1', error);
    t.deepEqual(await begun(), base('c2'));
  });

test('A try that is due again waits for its place like all others', async t => {
  const { begun, end } = await startQueue(['c1'], { c2: { status: 'building', attempts: 1 } });
  end('c1');
  t.deepEqual(await begun(), base('c2'));
});

for (const status of ['superseded', 'cancelled'] as const)
  test(`A build that is ${status} while it runs is stopped at once, and its place is the next one's`, async t => {
    t.timeout(5_000, 'it was stopped when its claim was to be renewed');
    const { life, begun } = await startQueue(['c1'], { c2: {} });
    const running = await life.get(builds, 'base', shaOf('c1'));
    if (running === undefined) return t.fail();
    await life.put(builds, { ...running, status, claim: undefined, due: undefined });
    t.deepEqual(await begun(), base('c2'));
    t.like(await life.get(builds, 'base', shaOf('c1')), { status, endedAt: undefined });
  });

test('Whoever cannot take the place, for its parent failed or was called off meanwhile, leaves it to the next', async t => {
  const { life, begun, end } = await startQueue(['c1'], {
    c2: { image: 'web', parent: 'base', priority: 3 },
    c3: { priority: 2 },
    c4: {},
  });
  const lost = { image: 'base', repo: 'shop', status: 'failed' as const, steps: [], attempts: 0 };
  await life.put(builds, { ...lost, commit: shaOf('c2') });
  const called = await life.get(builds, 'base', shaOf('c3'));
  if (called === undefined) return t.fail();
  await life.put(builds, { ...called, status: 'cancelled', due: undefined });
  end('c1');
  t.deepEqual(await begun(), base('c4'));
  t.like(await life.get(builds, 'web', shaOf('c2')), { status: 'failed' });
});

test('A place that is left while the queue is paused begins nothing', async t => {
  const { life, begun, end } = await startQueue(['c1'], { c2: {}, c3: {} });
  await life.put(queuePauses, {
    paused: { by: 'ada', why: 'the disk is full', since: '2026-03-02T12:00:00.000Z' },
  });
  end('c1');
  t.deepEqual(await begun(), []);
  const sentence = 'builds are paused by ada: the disk is full';
  for (const commit of ['c2', 'c3'])
    t.like(await life.get(builds, 'base', shaOf(commit)), { lastError: sentence });
});
