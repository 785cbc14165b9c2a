import test from 'ava';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { createBuildLog } from '../../shared/domain/results/build-log.ts';
import { formatElapsed, formatSize } from '../../shared/domain/results/human-texts.ts';
import { buildLists, formatList } from '../../shared/domain/results/list-files.ts';
import { fullName, pageName, safeName } from '../../shared/domain/results/result-names.ts';
import { resultYaml } from '../../shared/domain/results/result-yaml.ts';
import { runLog } from '../../shared/domain/results/run-log.ts';

const rstudio = { registry: 'ghcr.io', repository: 'ucsd-ets/rstudio-notebook', tag: '2023.2-stable' };

test("names are DataHub's: the registry keeps its dot in files, and has none in pages", t => {
  t.is(fullName(rstudio), 'ghcr.io/ucsd-ets/rstudio-notebook:2023.2-stable');
  t.is(safeName(rstudio), 'ghcr.io-ucsd-ets-rstudio-notebook-2023.2-stable');
  t.is(pageName(rstudio), 'ghcr-io-ucsd-ets-rstudio-notebook-2023.2-stable');
  const hub = { registry: 'docker.io', repository: 'ucsdets/base', tag: '2023.2-4a59260' };
  t.deepEqual([fullName(hub), pageName(hub)], ['ucsdets/base:2023.2-4a59260', 'ucsdets-base-2023.2-4a59260']);
  const local = { registry: '127.0.0.1:5000', repository: 'a/b', tag: 'c' };
  t.deepEqual([safeName(local), pageName(local)], ['127.0.0.1-5000-a-b-c', '127-0-0-1-5000-a-b-c']);
});

test('the log of a run has a line for each step, each note and what it failed of', t => {
  const at = '2030-01-01T00:00:00.000Z';
  const steps = [
    { name: 'build', at, seconds: 61.23 },
    { name: 'note', at, message: 'Its layers\ncould not be read' },
    { name: 'basic tests', at, seconds: 4, message: 'failed' },
  ];
  t.is(
    runLog(steps, 'Cannot build "web": 1 test failed'),
    [
      'INFO:build took 61.2 s',
      'WARNING:Its layers could not be read',
      'ERROR:basic tests failed after 4.0 s',
      'ERROR:Cannot build "web": 1 test failed',
      '',
    ].join('\n'),
  );
  t.is(runLog([], ''), '');
});

const size = test.macro({
  exec: (t, bytes: number, text: string) => t.is(formatSize(bytes), text),
  title: (_, bytes, text) => `${bytes} bytes are shown as ${text}`,
});
test(size, 0, '0 B');
test(size, 100, '100 B');
test(size, 101, '101.0 B');
test(size, 4_321, '4.3 kB');
test(size, 999_999, '1000.0 kB');
test(size, 6_100_000_000, '6.1 GB');

const elapsed = test.macro({
  exec: (t, seconds: number, text: string) => t.is(formatElapsed(seconds * 1_000), text),
  title: (_, seconds, text) => `${seconds} seconds are shown as ${text}`,
});
test(elapsed, 0, '0s');
test(elapsed, 59, '59s');
test(elapsed, 60, '1m0s');
test(elapsed, 3_723, '1h2m3s');
test(elapsed, 3_603, '1h3s');
test(elapsed, 93_784, '1d2h3m4s');
test(elapsed, -5, '0s');

test('a build log has the time of each step before the next, and of the last at its end', t => {
  const log = createBuildLog(0);
  log.write('Step 1/2 : FROM scratch', 1_000);
  log.write(' ---> 123', 2_000);
  log.write('Stepping over', 3_000);
  log.write('Step 2/2 : COPY . .', 126_500);
  log.end(127_000);
  t.is(
    log.text(),
    [
      'Step 0 took [0 min 1 sec] ',
      'Step 1/2 : FROM scratch',
      ' ---> 123',
      'Stepping over',
      'Step 1 took [2 min 5 sec] ',
      'Step 2/2 : COPY . .',
      'Step 2 took [0 min 0 sec] ',
      '',
    ].join('\n'),
  );
});

test('the log of a test is what it printed', t => {
  const log = createBuildLog(0, { timed: false });
  log.write('Step 1/2 : none', 1);
  log.end(2);
  t.is(log.text(), 'Step 1/2 : none\n');
});

test('a build that prints without end leaves its beginning and its end', t => {
  const log = createBuildLog(0, { kept: 1_000 });
  for (let line = 0; line < 10_000; line += 1) log.write(`line ${line}`, line);
  log.end(10_000);
  const text = log.text();
  t.true(text.startsWith('line 0\n'));
  t.regex(text, /\[… \d+ characters were left out …\]/);
  t.regex(text, /line 9999\nStep 0 took \[0 min 10 sec\] \n$/);
  t.true(text.length < 3_200);
});

test("a result is plain YAML in DataHub's words", t => {
  const text = resultYaml({
    success: false,
    message: 'Cannot push: "no" said\nthe registry: {really}',
    fullName: fullName(rstudio),
    container: { imageBuilt: true, pushed: { success: false, log: '' } },
    tests: { basic: 'passed', integration: 'skipped' },
  });
  t.deepEqual(parseYaml(text), {
    success: false,
    message: 'Cannot push: "no" said\nthe registry: {really}',
    full_image_name: 'ghcr.io/ucsd-ets/rstudio-notebook:2023.2-stable',
    container_details: { image_built: true, push_success: false, push_log: '' },
    test_results: { basic_tests: 'Passed basic tests', integration_tests: 'skipped' },
  });
  t.notRegex(text, /!/);
});

test('any message in a result is read back as it was, by YAML 1.1 and 1.2', t => {
  const result = { success: true, fullName: 'x', container: { imageBuilt: false }, tests: {} };
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), message => {
      const text = resultYaml({ ...result, message });
      for (const version of ['1.1', '1.2'] as const) t.is(parseYaml(text, { version }).message, message);
    }),
  );
});

test('lists have a line for each value', t => {
  t.is(formatList(['a', 'b ']), 'a\nb\n');
  t.is(formatList([]), '');
  const commit = 'a'.repeat(40);
  const lists = buildLists({
    commit,
    fullName: 'web:1',
    parent: 'base:1',
    changed: false,
    built: true,
    testsPassed: false,
  });
  t.deepEqual(Object.fromEntries(lists), {
    IMAGES_CHANGED: '',
    IMAGES_BUILT: 'web:1\n',
    IMAGES_TEST_PASSED: '',
    IMAGES_TEST_ERROR: 'web:1\n',
    GIT_HASH: `${commit}\n`,
    GIT_HASH_SHORT: 'aaaaaaa\n',
    'image-dependency.json': '{\n  "web:1": "base:1"\n}\n',
  });
});
