import test from 'ava';
import { createBuildRecord, type StepName } from '../../functions/builds/build-record.ts';

/** A record with a clock that only what is done moves on. */
function bench() {
  let now = 0;
  const shown: string[] = [];
  const record = createBuildRecord({ now: () => now }, line => shown.push(line));
  const takes = (seconds: number, line: string) => {
    record.output(line);
    now += seconds * 1_000;
  };
  const does = (name: StepName, seconds: number, then: () => Promise<unknown> = async () => {}) =>
    record.step(name, async () => {
      takes(seconds, `doing ${name}`);
      await then();
    });
  const fails = (name: StepName, error: unknown = new Error('no')) =>
    does(name, 1, () => Promise.reject(error));
  const times = () => record.steps.map(({ name, at, seconds, message }) => [name, at, seconds, message]);
  return { record, takes, does, fails, times, shown };
}

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();

test('what is done within a step is apart from it, in its time and in its log', async t => {
  const { record, takes, does, times, shown } = bench();
  await does('build', 10, async () => {
    await does('basic tests', 100);
    takes(2, 'squeezed');
    await does('push', 1_000);
    await does('publish', 5);
  });
  t.deepEqual(times(), [
    ['build', at(12), 12, undefined],
    ['basic tests', at(110), 100, undefined],
    ['push', at(1_112), 1_000, undefined],
    ['publish', at(1_117), 5, undefined],
  ]);
  const { built, pushed, tests } = record.results();
  t.deepEqual(built, { success: true, log: 'doing build\nsqueezed\nStep 0 took [0 min 12 sec] \n' });
  t.deepEqual(pushed, { success: true, log: 'doing push\ndoing publish\n' });
  t.deepEqual(tests, { basic: { passed: true, log: 'doing basic tests\n' }, integration: 'skipped' });
  t.is(shown.length, 5);
});

test('DH-24: an image is built whose test fails, and is not pushed', async t => {
  const { record, does, fails, times } = bench();
  await t.throwsAsync(does('build', 2, () => fails('basic tests')));
  const { built, pushed, tests } = record.results();
  t.deepEqual([built?.success, pushed, tests?.basic?.passed], [true, undefined, false]);
  t.deepEqual(
    times().map(([name, , , message]) => [name, message]),
    [
      ['build', undefined],
      ['basic tests', 'failed'],
    ],
  );
});

test('an image is built and pushed whose integration test fails', async t => {
  const { record, does, fails } = bench();
  const building = does('build', 2, async () => {
    await does('push', 1);
    await fails('integration tests');
  });
  await t.throwsAsync(building);
  const { built, pushed, tests } = record.results();
  t.deepEqual([built?.success, pushed?.success], [true, true]);
  t.like(tests?.integration, { passed: false });
});

test('an image is built that could not be pushed, also where the builder says it in its own words', async t => {
  for (const own of [(error: unknown) => error, (cause: unknown) => new Error('refused', { cause })]) {
    const { record, does, fails } = bench();
    const building = does('build', 2, () => fails('push').catch(error => Promise.reject(own(error))));
    await t.throwsAsync(building);
    const { built, pushed } = record.results();
    t.deepEqual([built?.success, pushed], [true, { success: false, log: 'doing push\n' }]);
  }
});

test('an image is pushed that was built in one go with that, and is neither when that fails', async t => {
  const whole = bench();
  await whole.does('build', 2);
  t.deepEqual(whole.record.results().pushed, { success: true, log: '' });
  const broken = bench();
  await t.throwsAsync(broken.fails('build'));
  t.is(broken.record.results().built?.success, false);
  t.is(broken.record.results().pushed, undefined);
});

test('a failure that was got over is none of what is done around it', async t => {
  const { record, does, fails } = bench();
  await does('build', 1, async () => {
    await fails('info').catch(() => {});
    await does('prune', 1);
  });
  t.is(record.results().built?.success, true);
  const again = bench();
  const building = again.does('build', 1, async () => {
    await again.fails('info').catch(() => {});
    throw new Error('its own');
  });
  await t.throwsAsync(building);
  t.is(again.record.results().built?.success, false);
  t.is(record.results().pushed?.success, true);
});
