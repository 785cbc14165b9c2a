import test from 'ava';
import fc from 'fast-check';
import { describeBuild } from '../../infra/cli/journal/describe-change.ts';
import { moveBuild } from '../../shared/domain/builds/judge-words.ts';
import { queueOrder } from '../../shared/domain/builds/queue-order.ts';
import { resumeStopped, stopAll } from '../../shared/domain/builds/stop-all.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { buildSteps } from '../../shared/domain/journeys/commit-timeline.ts';

const NOW = Date.parse('2030-01-01T00:00:00.000Z');
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();
const COMMIT = 'c'.repeat(40);

function of(image: string, more: Partial<Build> = {}): Build {
  const due = more.parent === undefined ? at(-1) : undefined;
  const told = { image, commit: COMMIT, repo: 'shop', requestedAt: at(-9), steps: [], attempts: 0 };
  return { ...told, status: 'waiting', due, ...more };
}

function order(builds: readonly Build[], { others = [] as Build[], paused }: Its = {}): string[] {
  const known = (image: string, commit: string) =>
    [...builds, ...others].find(build => build.image === image && build.commit === commit);
  return queueOrder({ builds, known, paused, now: NOW }).map(({ build, waits }) =>
    `${build.image} ${waits?.text ?? build.status}`.trim(),
  );
}
type Its = { readonly others?: Build[]; readonly paused?: string };

test('queueOrder() puts what is under way first, then by priority and time, and says why each waits', t => {
  const older = { ...of('old', { status: 'building', startedAt: at(-9) }), commit: 'd'.repeat(40) };
  const builds = [
    of('quiet', { due: at(30) }),
    of('again', { due: at(4), attempts: 2, lastError: 'no such host' }),
    of('web', { parent: 'base', priority: 9 }),
    of('lost', { parent: 'nobody' }),
    of('later', { due: at(-1) }),
    of('soon', { due: at(-5) }),
    of('urgent', { priority: 3 }),
    { ...of('old', { carries: older.commit }) },
    of('base', { status: 'building', startedAt: at(-3) }),
    older,
  ];
  t.deepEqual(order(builds), [
    'old building',
    'base building',
    'urgent for its turn',
    'soon for its turn',
    'later for its turn',
    `old for its image of ${'d'.repeat(7)}, which is building`,
    'again after 2 failures: no such host',
    'quiet for a newer push of its branch',
    'web for base, which is building',
    'lost for nobody, of which nothing is known',
  ]);
  t.deepEqual(order([of('base'), of('web', { parent: 'base' })], { paused: 'builds are paused by ada: x' }), [
    'base since builds are paused by ada: x',
    'web for base, which is waiting',
  ]);
  t.deepEqual(order([of('web', { parent: 'base' })], { others: [of('base', { status: 'cancelled' })] }), [
    'web for base, which was cancelled',
  ]);
});

test('queueOrder() loses nothing, and a parent comes before what stands on it, whatever the priorities', t => {
  const builds = fc.array(fc.record({ above: fc.nat(30), priority: fc.integer() }), { maxLength: 30 });
  fc.assert(
    fc.property(builds, drawn => {
      const all = drawn.map(({ above, priority }, i) =>
        of(`i${i}`, { priority, ...(above < i && { parent: `i${above}` }) }),
      );
      const names = order(all.toReversed()).map(line => line.split(' ')[0]);
      const isAfter = ({ image, parent }: Build) =>
        parent === undefined || names.indexOf(parent) < names.indexOf(image);
      return names.length === all.length && all.every(isAfter);
    }),
  );
  t.is(order([of('a', { parent: 'b' }), of('b', { parent: 'a' })]).length, 2, 'also in a ring');
});

test('moveBuild() puts a build before all others, or behind them', t => {
  const others = [of('a', { priority: 4 }), of('b', { priority: -2 }), of('c')];
  const moved = (to: 'first' | 'last' | number, waiting: readonly Build[] = others) => {
    const ruling = moveBuild(of('web'), { by: 'ada', to, waiting, now: NOW });
    return ruling.kind === 'done' ? ruling.build.priority : ruling.reason;
  };
  t.deepEqual([moved('first'), moved('last'), moved(7), moved(0)], [5, -3, 7, undefined]);
  t.deepEqual([moved('first', [of('c')]), moved('last', [of('c')]), moved('first', [])], [1, -1, undefined]);
});

test('stopAll() ends what has not ended, leaves what stands on the failed image to itself, and a retry brings it back', t => {
  const failed = of('base', { status: 'failed' });
  const builds = [
    of('web', { parent: 'base' }),
    of('shop', { parent: 'web' }),
    of('mixed', { parents: ['web'] }),
    of('tool', { status: 'building', claim: { by: 'w', until: at(9) } }),
    of('done', { status: 'succeeded' }),
    of('other', { repo: 'another' }),
    of('pull', { tryJob: { number: 7, patch: 1 } }),
    undefined,
  ];
  const stopped = stopAll(builds, failed, NOW);
  t.deepEqual(
    stopped.map(({ image, status, lastError, claim }) => [image, status, lastError, claim]),
    [['tool', 'cancelled', 'base failed, and stopAll ends the run', undefined]],
  );
  const said = { by: 'ada', now: NOW };
  const back = resumeStopped([...stopped, of('typo', { status: 'cancelled', lastError: 'x' })], failed, said);
  t.deepEqual(
    back.map(({ image, status, due }) => [image, status, due]),
    [['tool', 'waiting', at(0)]],
  );
  t.deepEqual(resumeStopped(stopped, of('tool2'), said), []);
});

test('a journey tells how long each step of a build took, what people said, and what was taken over', t => {
  const steps = [
    { name: 'build', at: at(1), seconds: 12.34 },
    { name: 'basic tests', at: at(2), seconds: 3, message: 'failed' },
    { name: 'retried', at: at(3), message: 'by ada' },
    { name: 'note', at: at(4), message: 'What is in it could not be asked: no engine' },
    { name: 'pushed', at: at(5) },
  ];
  const texts = (build: Build) =>
    buildSteps(build)
      .filter(step => step.at !== undefined)
      .map(({ state, text }) => `${state}: ${text}`);
  t.deepEqual(texts(of('web', { status: 'succeeded', steps, reasons: ['web/a changed'], endedAt: at(6) })), [
    'done: web asked for, since web/a changed',
    'done: web: build took 12.3 s',
    'failed: web: basic tests failed after 3.0 s',
    'done: web retried by ada',
    'done: web: What is in it could not be asked: no engine',
    'done: web built',
  ]);
  const carried = of('web', { status: 'succeeded', carries: COMMIT, startedAt: at(1), endedAt: at(2) });
  t.deepEqual(texts(carried), [
    'done: web asked for: unchanged since ccccccc',
    'done: web started to be taken over',
    'done: web taken over',
  ]);
  t.is(
    texts(of('web', { status: 'superseded', endedAt: at(2), lastError: 'commit 1 took its place' })).at(-1),
    'refused: web was superseded: commit 1 took its place',
  );
});

test('the journal tells what was carried, superseded and cancelled, once', t => {
  const before = of('web', { status: 'building' });
  const said = (now: Build) => describeBuild(before, now)?.text;
  const pushed = [
    { name: 'carry', at: at(1) },
    { name: 'pushed', at: at(1) },
  ];
  t.is(said({ ...before, carries: COMMIT, steps: pushed }), 'unchanged, carried from ccccccc');
  t.is(
    said({ ...before, status: 'superseded', lastError: 'commit 1 took its place' }),
    'superseded: commit 1 took its place',
  );
  const steps = [{ name: 'cancelled', at: at(1), message: 'by ada: a typo' }];
  t.is(said({ ...before, status: 'cancelled', steps }), 'cancelled by ada: a typo');
  t.is(
    describeBuild({ ...before, status: 'cancelled', steps }, { ...before, status: 'cancelled', steps }),
    undefined,
  );
});
