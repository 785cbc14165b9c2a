import { z } from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A whole number and a unit: `500ms`, `30s`, `10m`, `2h`, `7d`. */
export const Duration = z
  .string()
  .regex(/^\d{1,9}(?:ms|s|m|h|d)$/, 'expected a duration such as 30s, 10m, 2h or 7d');
export type Duration = z.infer<typeof Duration>;

/** Milliseconds of a {@link Duration}. */
export function milliseconds(duration: Duration): number {
  const [, count = '0', unit = 'ms'] = /^(\d+)(\D+)$/.exec(duration) ?? [];
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
