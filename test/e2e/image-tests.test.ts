import test, { type ExecutionContext } from 'ava';
import { runInfo } from '../../functions/builds/run-info.ts';
import { runTests, type TestRun } from '../../functions/builds/run-tests.ts';
import { makeCheckout } from '../../shared/adapters/forge/checkout-folder.ts';
import type { ImageTest } from '../../shared/domain/configuration/images.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { buildContext, type ContextFile, writeContextFile } from '../helpers/build-context.ts';
import { openDockerContainers } from '../helpers/docker-containers.ts';

const FILES = {
  'images/tests_common/pytest': { program: '#!/bin/sh\necho "pytest for $TEST_IMAGE"; ls -d */; exit $1\n' },
  'images/base/test/test_base.py': 'def test_it(): pass\n',
};
const FOLDERS = ['images/tests_common', 'images/base/test'];

test('an image is tested with its folders beside each other, and told its name', async t => {
  const bench = await open(t, FILES);
  if (bench === undefined) return;
  const { results, lines } = await bench.run([pytest(0), { ...plain('true'), folders: [] }]);
  t.deepEqual(
    results.map(({ command, verdict }) => [command, verdict]),
    [
      ['./tests_common/pytest 0', 'passed'],
      ['sh -c true', 'passed'],
    ],
  );
  t.true(results.every(({ seconds }) => seconds > 0));
  t.deepEqual(lines.slice(0, 3), ['pytest for ghcr.io/acme/base:c0ffee', 'test/', 'tests_common/']);
  t.regex(lines[3] ?? '', /^Test "\.\/tests_common\/pytest 0": passed after \d+\.\d s$/);
});

test('no tests collected passes, and says so', async t => {
  const bench = await open(t, FILES);
  if (bench === undefined) return;
  const { results } = await bench.run([pytest(5)]);
  t.is(results[0]?.verdict, 'no tests collected');
});

test('an image without a folder of tests passes, and a missing one among several is left out', async t => {
  const bench = await open(t, { 'images/base/test/a.txt': '' });
  if (bench === undefined) return;
  const { results, lines } = await bench.run([pytest(1, ['images/other/test']), plain('ls; pwd')]);
  t.deepEqual(
    results.map(({ verdict }) => verdict),
    ['no tests', 'passed'],
  );
  t.true(lines.includes('The commit has no folder "images/tests_common": its tests are left out'));
  t.deepEqual(lines.slice(-3, -1), ['test', '/headway/tests']);
});

test('tests stop at the first that fails, with its verdict and the lines that tell why', async t => {
  const bench = await open(t, FILES);
  if (bench === undefined) return;
  const script =
    'echo noise; echo "FAILED test_a.py::test_one - assert 1 == 2"; echo "1 failed in 0.1s"; exit 3';
  const failure = await t.throwsAsync(bench.run([plain(script), plain('echo next')]), {
    instanceOf: BuildFailure,
  });
  t.deepEqual(failure.message.split('\n').slice(0, 3), [
    `Test "sh -c ${script}" of "ghcr.io/acme/base:c0ffee" failed: exit code 3`,
    'FAILED test_a.py::test_one - assert 1 == 2',
    '1 failed in 0.1s',
  ]);
  t.false(bench.lines.includes('next'));
});

test('a test that never ends fails after its time', async t => {
  const bench = await open(t, FILES);
  if (bench === undefined) return;
  await t.throwsAsync(bench.run([{ ...plain('echo begun; sleep 600'), timeout: '1s' }]), {
    instanceOf: BuildFailure,
    message: /failed: no end within 1s\nbegun$/,
  });
});

test('a test whose program is not there is a failure of the build', async t => {
  const bench = await open(t, FILES);
  if (bench === undefined) return;
  await t.throwsAsync(bench.run([{ ...plain(''), command: ['pytest', '-q'] }]), {
    instanceOf: BuildFailure,
    message: /^Test "pytest -q" of ".*" failed: Cannot run "pytest" .*not found in \$PATH/,
  });
});

test('DH-12 info commands tell what is in an image, and one that fails says so and no more', async t => {
  const place = await openDockerContainers(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  const results = await runInfo({
    ...place,
    info: [
      { description: 'Words', command: 'echo one; sleep 0.5; echo two >&2' },
      { description: 'Failing', command: 'echo half; exit 1' },
      { description: 'Endless', command: 'yes' },
      { description: 'Last', command: 'echo | cat' },
    ],
    timeout: 6_000,
    signal: AbortSignal.timeout(60_000),
  });
  t.deepEqual(results, [
    { description: 'Words', command: 'echo one; sleep 0.5; echo two >&2', output: 'one\ntwo' },
    { description: 'Failing', command: 'echo half; exit 1', output: undefined },
    { description: 'Endless', command: 'yes', output: undefined },
    { description: 'Last', command: 'echo | cat', output: '' },
  ]);
});

function pytest(code: number, folders = FOLDERS): ImageTest {
  return { command: ['./tests_common/pytest', String(code)], folders, timeout: '1m' };
}

function plain(script: string): ImageTest {
  return { command: ['sh', '-c', script], folders: FOLDERS, timeout: '1m' };
}

async function open(t: ExecutionContext, files: Readonly<Record<string, ContextFile>>) {
  const place = await openDockerContainers(t);
  if (place === undefined) {
    t.pass();
    return undefined;
  }
  const checkout = await makeCheckout(await buildContext(t, {}), async ({ path }) => {
    for (const [name, file] of Object.entries(files)) await writeContextFile(`${path}/${name}`, file);
  });
  const lines: string[] = [];
  const run: Omit<TestRun, 'tests'> = {
    containers: async () => place.containers,
    clock: { now: Date.now },
    checkout,
    image: place.image,
    name: 'ghcr.io/acme/base:c0ffee',
    output: line => lines.push(line),
    signal: AbortSignal.timeout(60_000),
  };
  return {
    lines,
    run: async (tests: readonly ImageTest[]) => ({ results: await runTests({ ...run, tests }), lines }),
  };
}
