import { readReport } from './read-report.ts';

/** How a test ended. */
export type Exit = {
  /** Nothing when a signal ended it. */
  readonly code: number | undefined;
  readonly killedBy?: string | undefined;
  /** What was found where its report should be, where it was to leave one; `missing` when there was nothing. */
  readonly report?: { readonly text: string } | 'missing' | undefined;
};
export type Verdict = { readonly kind: 'passed' | 'failed' | 'blocked'; readonly reason: string };

/** EX_TEMPFAIL of sysexits.h: "temporary failure; user is invited to retry". https://man.openbsd.org/sysexits.3 */
const TEMPORARY = 75;
/** What shells say of a program that may not be run, and of one that is not there: POSIX.1-2024, XCU 2.8.2. */
const NO_PROGRAM: Readonly<Record<number, string>> = {
  126: 'a program may not be run (exit status 126); make it executable',
  127: 'a program is not there (exit status 127); install or name it',
};
/** https://docs.pytest.org/en/stable/reference/exit-codes.html */
const PYTEST: Readonly<Record<number, string>> = {
  1: 'some tests failed',
  2: 'it was interrupted, or some tests could not be collected',
  3: 'pytest itself failed',
  4: 'pytest was called with wrong words',
  5: 'no test was collected',
};

/**
 * Whether a test passed, by its exit status and its report, never by a word in its output. A test that tested
 * nothing has failed: none was collected, or every one was skipped.
 */
export function judgeExit(words: readonly string[], { code, killedBy, report }: Exit): Verdict {
  if (code === undefined) return failed(`it was ended by ${killedBy ?? 'a signal'}`);
  if (code === TEMPORARY)
    return { kind: 'blocked', reason: 'it asked to be asked again later (exit status 75)' };
  const missing = NO_PROGRAM[code];
  if (missing !== undefined) return { kind: 'blocked', reason: missing };
  if (code !== 0) {
    const meaning = isPytest(words) ? PYTEST[code] : undefined;
    return failed(`exit status ${code}${meaning === undefined ? '' : `: ${meaning}`}`);
  }
  return report === undefined ? passed('exit status 0') : judgeReport(report);
}

function judgeReport(report: NonNullable<Exit['report']>): Verdict {
  if (report === 'missing') return failed('exit status 0, but it left no report');
  const found = readReport(report.text);
  if (found === undefined) return failed('exit status 0, but what it left is no whole JUnit report');
  const { tests, failures, errors, skipped } = found;
  const bad = failures + errors;
  if (bad > 0) return failed(`exit status 0, but its report tells of ${bad} failed of ${tests} tests`);
  if (tests === 0) return failed('exit status 0, but its report tells of no test');
  if (skipped >= tests) return failed(`exit status 0, but all ${tests} tests of its report were skipped`);
  return passed(`${tests - skipped} tests passed${skipped === 0 ? '' : `, ${skipped} were skipped`}`);
}

function isPytest(words: readonly string[]): boolean {
  return words.some(word => /(?:^|[/\s])(?:pytest|py\.test)(?:-\d[\d.]*)?(?:$|\s)/.test(word));
}

function passed(reason: string): Verdict {
  return { kind: 'passed', reason };
}

function failed(reason: string): Verdict {
  return { kind: 'failed', reason };
}
