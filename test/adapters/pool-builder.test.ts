import test from 'ava';
import { type LimitedBuilder, limitBuilder } from '../../shared/adapters/builders/pool/limited.ts';
import { createPool } from '../../shared/adapters/builders/pool/pool.ts';
import { type Builder, BuildFailure, type BuildOrder, type Built } from '../../shared/ports/builder.ts';

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

function start(builder: Builder, signal = new AbortController().signal) {
  const said: string[] = [];
  let begun = false;
  const progress = {
    output: (line: string) => said.push(line),
    progress() {},
    begin: () => {
      begun = true;
    },
  };
  return { said, hasBegun: () => begun, end: builder.build(order, progress, signal) };
}

const settled = () => new Promise<void>(done => setImmediate(done));

test('limitBuilder() runs no more than so many at once, and the others in their order', async t => {
  const { builder, end, running } = byHand('big');
  const limited = limitBuilder(builder, 2);
  const [a, b, c, d] = [start(limited), start(limited), start(limited), start(limited)];
  t.deepEqual([running(), limited.underWay(), limited.isFull()], [2, 4, true]);
  t.deepEqual(
    [a, b, c, d].map(build => build.hasBegun()),
    [true, true, false, false],
  );
  t.regex(c.said.join(), /^Waiting for builder big, which runs 2 at once$/);
  end();
  await a.end;
  await settled();
  t.deepEqual(
    [b, c, d].map(build => build.hasBegun()),
    [true, true, false],
  );
  end(new Error('broken'));
  await t.throwsAsync(b.end, { message: 'broken' });
  await settled();
  end();
  end();
  t.deepEqual(await Promise.all([c.end, d.end]), [BUILT, BUILT]);
  t.deepEqual([limited.underWay(), limited.isFull()], [0, false]);
});

test('limitBuilder() lets nobody in between one that ends and the next that waits', async t => {
  const { builder, end, running } = byHand('one');
  const limited = limitBuilder(builder, 1);
  const [first, second] = [start(limited), start(limited)];
  const third = first.end.then(() => start(limited));
  end();
  await third;
  await settled();
  t.true(second.hasBegun());
  t.false((await third).hasBegun());
  t.is(running(), 1);
});

test('limitBuilder() forgets who stops waiting', async t => {
  const { builder, end } = byHand('one');
  const limited = limitBuilder(builder, 1);
  const stop = new AbortController();
  const [first, second, third] = [start(limited), start(limited, stop.signal), start(limited)];
  stop.abort(new Error('superseded'));
  await t.throwsAsync(second.end, { message: 'superseded' });
  t.is(limited.underWay(), 2);
  end();
  await first.end;
  await settled();
  t.true(third.hasBegun());
  t.false(second.hasBegun());
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
  const [first] = [start(pool), start(pool), start(pool)];
  t.deepEqual(counts(), [2, 1]);
  t.deepEqual(first?.said, ['Building with a']);
  hands[0]?.end();
  hands[0]?.end();
  await settled();
  start(pool);
  t.deepEqual(counts(), [1, 1]);
  t.is(pool.underWay(), 2);
});

test('createPool() prefers a free place to a short queue', t => {
  const [a, b] = [byHand('a'), byHand('b')];
  const [small, large] = [limitBuilder(a.builder, 1), limitBuilder(b.builder, 4)];
  const pool = createPool('all', [small, large], { now: () => 0 });
  for (const _ of 'abcde') start(pool);
  t.deepEqual([a.running(), b.running(), pool.isFull()], [1, 4, true]);
});

test('createPool() gives nothing for a minute to whoever cannot build, unless nobody else is left', async t => {
  const hands = [byHand('a'), byHand('b')];
  const { pool, clock, counts } = poolOf(hands);
  const first = start(pool);
  hands[0]?.end(new Error('no engine'));
  await t.throwsAsync(first.end);
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
  await t.throwsAsync(bad.end);
  const stop = new AbortController();
  const stopped = start(pool, stop.signal);
  stop.abort();
  hands[0]?.end(new Error('stopped'));
  await t.throwsAsync(stopped.end);
  start(pool);
  t.deepEqual(counts(), [1, 0]);
});
