const FIRST_MS = 1_000;
const LONGEST_MS = 10 * 60_000;

/** How long to wait after so many consecutive failures, in milliseconds: 1 s, doubling, at most 10 minutes. */
export function pauseAfter(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
}
