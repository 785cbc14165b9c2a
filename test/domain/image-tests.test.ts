import test from 'ava';
import fc from 'fast-check';
import { judgeTest, type TestEnd } from '../../shared/domain/image-tests/judge-test.ts';
import { runsPytest } from '../../shared/domain/image-tests/runs-pytest.ts';
import { createTellingLines } from '../../shared/domain/image-tests/telling-lines.ts';
import { TESTS_FOLDER, testFolders } from '../../shared/domain/image-tests/test-folders.ts';
import { bytesOf } from '../../shared/domain/memory.ts';

const judges = test.macro({
  exec(t, command: readonly string[], end: TestEnd, passed: boolean, word: string) {
    t.deepEqual(judgeTest(command, end), { passed, word });
  },
  title: (name = '') => `judgeTest() ${name}`,
});

const exit = (code: number): TestEnd => ({ kind: 'exited', code });
const pytest = ['pytest', '-q'];

test('lets a test pass that ends with 0', judges, ['make', 'test'], exit(0), true, 'passed');
test('fails any other status', judges, ['make', 'test'], exit(2), false, 'exit code 2');
test('has no meaning for 5 but in pytest', judges, ['make', 'test'], exit(5), false, 'exit code 5');
test('names the signal', judges, ['make'], exit(139), false, 'exit code 139, signal 11');
test('fails what had no end', judges, pytest, { kind: 'timed out' }, false, 'timed out');
test('fails what ran out of memory', judges, pytest, { kind: 'out of memory' }, false, 'out of memory');
test('lets pytest pass', judges, pytest, exit(0), true, 'passed');
test('lets "no tests collected" pass', judges, pytest, exit(5), true, 'no tests collected');
test('fails failing tests', judges, pytest, exit(1), false, 'tests failed (exit code 1)');
test('fails interrupted tests', judges, pytest, exit(2), false, 'interrupted (exit code 2)');
test('fails an internal error', judges, pytest, exit(3), false, 'internal error of pytest (exit code 3)');
test('fails a wrong call', judges, pytest, exit(4), false, 'pytest was called wrongly (exit code 4)');
test('fails a pytest that crashed', judges, pytest, exit(139), false, 'exit code 139, signal 11');
test(
  'fails a test that was killed',
  judges,
  pytest,
  exit(137),
  false,
  'exit code 137, killed, as for a want of memory',
);

const seen = test.macro({
  exec(t, command: readonly string[], expected: boolean) {
    t.is(runsPytest(command), expected);
  },
  title: (name = '') => `runsPytest() ${name}`,
});

test('knows pytest', seen, ['pytest'], true);
test('knows pytest by its path', seen, ['/opt/conda/bin/pytest', '-x', 'tests_common'], true);
test('knows its old name', seen, ['py.test'], true);
test('knows the module', seen, ['python3.11', '-u', '-m', 'pytest', 'test'], true);
test('knows it behind another program', seen, ['coverage', 'run', '-m', 'pytest'], true);
test('knows it behind the environment', seen, ['env', 'A=b', 'pytest'], true);
test('knows it at the end of a script', seen, ['bash', '-lc', 'cd /tests && pytest -q'], true);
test('does not take a script for it that goes on', seen, ['sh', '-c', 'pytest -q; echo done'], false);
test('does not take its installation for it', seen, ['pip', 'install', 'pytest'], false);
test('does not take its installation in a script for it', seen, ['sh', '-ec', 'pip install pytest'], false);
test('does not take a plugin for it', seen, ['python', '-m', 'pytest_cov'], false);
test('does not take a shell without a script for it', seen, ['sh', 'run-pytest.sh'], false);

test('of long output the lines are kept that pytest names failures by, and its last', t => {
  const telling = createTellingLines();
  for (let line = 0; line < 100_000; line++) telling.take(`noise ${line}`);
  telling.take('FAILED test_a.py::test_one - assert 1 == 2');
  telling.take('ERROR test_b.py - ImportError: no module named x');
  telling.take('');
  telling.take('=== 1 failed, 3 passed, 1 error in 0.12s ===');
  t.deepEqual(telling.lines(), [
    'FAILED test_a.py::test_one - assert 1 == 2',
    'ERROR test_b.py - ImportError: no module named x',
    '=== 1 failed, 3 passed, 1 error in 0.12s ===',
  ]);
});

test('of any other output the last ten lines are kept', t => {
  const telling = createTellingLines();
  for (let line = 1; line <= 50; line++) telling.take(`line ${line}`);
  t.is(telling.lines().length, 10);
  t.is(telling.lines().at(-1), 'line 50');
});

test('folders of tests are put beside each other under their last names', t => {
  t.deepEqual(
    [...testFolders(['images/tests_common', './images/base/test/'])],
    [
      ['images/tests_common', `${TESTS_FOLDER}/tests_common`],
      ['images/base/test', `${TESTS_FOLDER}/test`],
    ],
  );
});

test('folders of tests never share a place', t => {
  const name = fc.constantFrom('images', 'base', 'test', 'a-b', '.');
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(names => names.join('/'));
  fc.assert(
    fc.property(fc.array(path), paths => {
      const places = [...testFolders(paths).values()];
      t.is(new Set(places).size, places.length);
    }),
  );
  t.pass();
});

test('an amount of memory is bytes, and other text is not a number', t => {
  t.deepEqual(['1k', '512m', '4g'].map(bytesOf), [1_024, 2 ** 29, 2 ** 32]);
  for (const text of ['', '4', '1.5g', '4G', 'constructor']) t.is(bytesOf(text), Number.NaN, text);
});
