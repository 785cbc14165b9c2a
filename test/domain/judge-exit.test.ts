import test from 'ava';
import { type Exit, judgeExit } from '../../shared/domain/gates/judge-exit.ts';
import { judgeHttp } from '../../shared/domain/gates/judge-http.ts';
import { readReport } from '../../shared/domain/gates/read-report.ts';

const PYTEST = ['python3', '-m', 'pytest', 'tests'];
const report = (cases: string) => ({
  text: `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest">${cases}</testsuite></testsuites>`,
});
const [GOOD, BAD, ERROR, SKIPPED] = [
  '<testcase name="a"/>',
  '<testcase name="b"><failure message="no">assert 1 &lt; 0</failure></testcase>',
  '<testcase name="c"><error>no GPU</error></testcase>',
  '<testcase name="d"><skipped message="no GPU"/></testcase>',
];

const ends = test.macro({
  exec(t, exit: Exit, expected: string, words: readonly string[] = PYTEST) {
    const { kind, reason } = judgeExit(words, exit);
    t.is(`${kind}: ${reason}`, expected);
  },
  title: (_, exit, expected) => `judgeExit() of ${JSON.stringify(exit).slice(0, 60)} is ${expected}`,
});

test(ends, { code: 0 }, 'passed: exit status 0');
test(ends, { code: 1 }, 'failed: exit status 1: some tests failed');
test(ends, { code: 1 }, 'failed: exit status 1', ['make', 'check']);
test(ends, { code: 2 }, 'failed: exit status 2: it was interrupted, or some tests could not be collected');
test(ends, { code: 5 }, 'failed: exit status 5: no test was collected');
test(ends, { code: 5 }, 'failed: exit status 5', ['./pytest-less']);
test(ends, { code: 75 }, 'blocked: it asked to be asked again later (exit status 75)');
test(ends, { code: 127 }, 'blocked: a program is not there (exit status 127); install or name it');
test(ends, { code: undefined, killedBy: 'SIGKILL' }, 'failed: it was ended by SIGKILL');
test(ends, { code: 0, report: report(GOOD + SKIPPED) }, 'passed: 1 tests passed, 1 were skipped');
test(
  ends,
  { code: 0, report: report(GOOD + BAD + ERROR) },
  'failed: exit status 0, but its report tells of 2 failed of 3 tests',
);
test(
  ends,
  { code: 0, report: report(SKIPPED) },
  'failed: exit status 0, but all 1 tests of its report were skipped',
);
test(ends, { code: 0, report: report('') }, 'failed: exit status 0, but its report tells of no test');
test(ends, { code: 0, report: 'missing' }, 'failed: exit status 0, but it left no report');
test(
  ends,
  { code: 0, report: { text: 'PASSED' } },
  'failed: exit status 0, but what it left is no whole JUnit report',
);
test(ends, { code: 1, report: report(GOOD) }, 'failed: exit status 1: some tests failed');

test('readReport() counts elements, whatever a test wrote that looks like one', t => {
  const noise = '<system-out><![CDATA[<failure/><testcase/>]]></system-out><!-- <error/> -->';
  t.deepEqual(readReport(report(`<testcase name="a &lt;failure>">${noise}</testcase>`).text), {
    ...{ tests: 1, failures: 0, errors: 0, skipped: 0 },
  });
  t.deepEqual(readReport('<testsuite tests="0"/>'), { tests: 0, failures: 0, errors: 0, skipped: 0 });
});

test('readReport() does not count half a report', t => {
  t.is(readReport(report(GOOD).text.slice(0, -10)), undefined);
  t.is(readReport('<html></html>'), undefined);
  t.is(readReport(''), undefined);
});

const says = test.macro({
  exec(t, status: number, text: string, expected: string) {
    const { kind, reason } = judgeHttp({ status, text });
    t.is(`${kind}: ${reason}`, expected);
  },
  title: (_, status, text, expected) => `judgeHttp() of ${status} ${text} is ${expected}`,
});

test(says, 204, '', 'passed: it answered 204');
test(says, 200, 'FAILURES', 'passed: it answered 200');
test(says, 200, '{"passed":true,"reason":"12 of 12"}', 'passed: it answered 200: 12 of 12');
test(says, 200, '{"passed":false,"reason":"2\\nbad"}', 'failed: it answered 200: 2 bad');
test(says, 404, '', 'failed: it answered 404');
test(says, 422, '{"passed":true}', 'failed: it answered 422');
test(says, 302, '', 'blocked: it answered 302');
test(says, 401, '', 'blocked: it answered 401');
test(says, 429, '', 'blocked: it answered 429');
test(says, 503, '{"reason":"a break"}', 'blocked: it answered 503: a break');
