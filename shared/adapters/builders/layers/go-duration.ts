import { StepRefused } from './refusals.ts';

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Nanoseconds of a duration such as `1m30s` or `1.5s`. https://pkg.go.dev/time#ParseDuration @throws {StepRefused} */
export function goDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  if (text !== '0' && (parts.length === 0 || parts.map(([part]) => part).join('') !== text)) {
    throw new StepRefused(`${JSON.stringify(text)} is not a duration: expected one such as 30s or 1m30s`);
  }
  const sum = parts.reduce(
    (total, [, count, unit = 's']) => total + Number(count) * (NANOSECONDS[unit] ?? 0),
    0,
  );
  return Math.round(sum);
}
