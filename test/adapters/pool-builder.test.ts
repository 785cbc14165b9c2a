import test from 'ava';
import { type LimitedBuilder, limitBuilder } from '../../shared/adapters/builders/pool/limited.ts';
import { createPool } from '../../shared/adapters/builders/pool/pool.ts';
import {
  type Builder,
  BuildFailure,
  type BuildOrder,
  type Built,
  type Workshop,
} from '../../shared/ports/builder.ts';

const image = { registry: 'r.example', repository: 'a', tag: '1' };
const order: BuildOrder = { image, context: '/', dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 };
const BUILT: Built = { digest: `sha256:${'a'.repeat(64)}` };

/** A builder whose builds end when the test says so. */
function byHand(name: string) {
  const running: PromiseWithResolvers<Built>[] = [];
  const builder: Builder = {
    name,
    build() {
      const build = Promise.withResolvers<Built>();
      running.push(build);
      return build.promise;
    },
  };
  const end = (how?: Error) => {
    const build = running.shift();
    if (how === undefined) build?.resolve(BUILT);
    else build?.reject(how);
  };
  return { builder, end, running: () => running.length };
}

/** Takes a place and builds there; nothing where all are taken. */
function start(workshop: Workshop, signal = new AbortController().signal) {
  const said: string[] = [];
  const place = workshop.take();
  const build = place?.builder.build(order, { output: line => said.push(line), progress() {} }, signal);
  return place && build && { said, end: build.finally(place.leave) };
}

test('limitBuilder() has so many places, and one again when one is left', async t => {
  const { builder, end, running } = byHand('big');
  const limited = limitBuilder(builder, 2);
  const [a, b, c] = [start(limited), start(limited), start(limited)];
  t.is(c, undefined);
  t.deepEqual([running(), limited.underWay(), limited.free()], [2, 2, 0]);
  end();
  t.is(await a?.end, BUILT);
  t.deepEqual([limited.underWay(), limited.free()], [1, 1]);
  end(new Error('broken'));
  await t.throwsAsync(async () => b?.end, { message: 'broken' });
  t.deepEqual([limited.underWay(), limited.free()], [0, 2]);
});

test('limitBuilder() has as many places as are wanted when nobody says how many', t => {
  const limited = limitBuilder(byHand('big').builder);
  for (const _ of 'abcdefgh') t.not(limited.take(), undefined);
  t.is(limited.free(), Number.POSITIVE_INFINITY);
});

function poolOf(hands: readonly ReturnType<typeof byHand>[], concurrency?: number) {
  const clock = { time: 0, now: () => clock.time };
  const [first, ...others] = hands.map(({ builder }) => limitBuilder(builder, concurrency));
  const pool = createPool('all', [first as LimitedBuilder, ...others], clock);
  return { pool, clock, counts: () => hands.map(({ running }) => running()) };
}

test('createPool() gives each build to whoever has the fewest under way', async t => {
  const hands = [byHand('a'), byHand('b')];
  const { pool, counts } = poolOf(hands);
  const [first, , third] = [start(pool), start(pool), start(pool)];
  t.deepEqual(counts(), [2, 1]);
  t.deepEqual(first?.said, ['Building with a']);
  hands[0]?.end();
  hands[0]?.end();
  await Promise.all([first?.end, third?.end]);
  start(pool);
  t.deepEqual(counts(), [1, 1]);
  t.is(pool.underWay(), 2);
});

test('createPool() has the places of all its builders, and no more', t => {
  const [a, b] = [byHand('a'), byHand('b')];
  const pool = createPool('all', [limitBuilder(a.builder, 1), limitBuilder(b.builder, 4)], { now: () => 0 });
  const started = [...'abcdef'].map(() => start(pool));
  t.deepEqual([a.running(), b.running(), pool.free()], [1, 4, 0]);
  t.is(started.at(-1), undefined);
});

test('createPool() gives nothing for a minute to whoever cannot build, unless nobody else is left', async t => {
  const hands = [byHand('a'), byHand('b')];
  const { pool, clock, counts } = poolOf(hands);
  const first = start(pool);
  hands[0]?.end(new Error('no engine'));
  await t.throwsAsync(async () => first?.end);
  start(pool);
  start(pool);
  t.deepEqual(counts(), [0, 2]);
  clock.time = 60_000;
  start(pool);
  t.deepEqual(counts(), [1, 2]);
});

test('createPool() does not hold a failing Dockerfile, or a cancelled build, against a builder', async t => {
  const hands = [byHand('a'), byHand('b')];
  const { pool, counts } = poolOf(hands);
  const bad = start(pool);
  hands[0]?.end(new BuildFailure('no such file'));
  await t.throwsAsync(async () => bad?.end);
  const stop = new AbortController();
  const stopped = start(pool, stop.signal);
  stop.abort();
  hands[0]?.end(new Error('stopped'));
  await t.throwsAsync(async () => stopped?.end);
  start(pool);
  t.deepEqual(counts(), [1, 0]);
});
