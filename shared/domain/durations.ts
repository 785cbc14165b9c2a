import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A hundred years: far inside what a date can hold, whatever moment it is added to. */
const LONGEST = 36_500 * UNITS.d;
const EXPECTED = 'expected a duration such as 30s, 10m, 2h or 7d';

/** A whole number and a unit: `500ms`, `30s`, `10m`, `2h`, `7d`. */
export const Duration = z
  .string(EXPECTED)
  .regex(/^\d{1,9}(?:ms|s|m|h|d)$/, EXPECTED)
  .refine(text => !(milliseconds(text) > LONGEST), 'expected at most 36500d');
export type Duration = z.infer<typeof Duration>;

/** Milliseconds of a {@link Duration}; not a number for other text. */
export function milliseconds(duration: string): number {
  const [, count = '0', unit = 'ms'] = /^(\d+)(\D+)$/.exec(duration) ?? [];
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
