import { milliseconds } from '../durations.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';

/** A function that Pub/Sub calls runs for nine minutes (terraform/functions.tf), and has to record what came of it. */
const LONGEST_GATE = '8m';
/** When whoever asks gives it up, if it is still asking: later than every gate that keeps to its time. */
export const GIVEN_UP_AFTER = '510s';

/** What one machine does and functions on Google Cloud cannot: a gate that may take longer than they run. */
export function cloudLimits({ gates }: Pick<Configuration, 'gates'>): Mistake[] {
  return Object.entries(gates).flatMap(([name, gate]) => {
    const isLong = 'timeout' in gate && milliseconds(gate.timeout) > milliseconds(LONGEST_GATE);
    return isLong ? [{ path: ['gates', name, 'timeout'], message: tooLong(gate.timeout) }] : [];
  });
}

function tooLong(timeout: string): string {
  return `expected at most ${LONGEST_GATE}, found ${timeout}: a function on Google Cloud ends soon after that; for longer tests have another system run them, and ask it with a gate of kind http`;
}
