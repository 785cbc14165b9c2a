import { runsPytest } from './runs-pytest.ts';

/** How the container of a test ended. */
export type TestEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'timed out' }
  | { readonly kind: 'out of memory' };

/** Whether an image may go on, and in a few words why: `passed`, `no tests collected`, `exit code 3`. */
export type TestVerdict = { readonly passed: boolean; readonly word: string };

/** https://docs.pytest.org/en/stable/reference/exit-codes.html */
const PYTEST: Readonly<Record<number, string>> = {
  1: 'tests failed',
  2: 'interrupted',
  3: 'internal error of pytest',
  4: 'pytest was called wrongly',
};
const NOTHING_COLLECTED = 5;
/** A shell tells the signal that ended a program as 128 and its number; so does the engine. */
const SIGNALS = 128;
const KILL = 9;

/** What a test's end says about its image. Nothing to test is nothing against it. */
export function judgeTest(command: readonly string[], end: TestEnd): TestVerdict {
  if (end.kind !== 'exited') return { passed: false, word: end.kind };
  const { code } = end;
  if (code === 0) return { passed: true, word: 'passed' };
  const isPytest = runsPytest(command);
  if (isPytest && code === NOTHING_COLLECTED) return { passed: true, word: 'no tests collected' };
  const told = isPytest ? PYTEST[code] : undefined;
  const status = code > SIGNALS ? `exit code ${code}, ${signalOf(code)}` : `exit code ${code}`;
  return { passed: false, word: told === undefined ? status : `${told} (${status})` };
}

/** A want of memory is a kill too, where nobody was told of the reason. */
function signalOf(code: number): string {
  const signal = code - SIGNALS;
  return signal === KILL ? 'killed, as for a want of memory' : `signal ${signal}`;
}
