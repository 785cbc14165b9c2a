import { z } from 'zod';

const EXPECTED =
  'expected five fields as cron has them: minute hour day month weekday, such as 0 9 * * mon-fri';
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

type Field = { readonly from: number; readonly to: number; readonly names?: readonly string[] };
const FIELDS: readonly Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: MONTHS },
  { from: 0, to: 7, names: WEEKDAYS },
];

/** The five fields of https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html, with steps and names. */
export const CronLine = z.string(EXPECTED).refine(isCronLine, EXPECTED);

function isCronLine(line: string): boolean {
  const fields = line.trim().split(/\s+/);
  return fields.length === FIELDS.length && FIELDS.every((field, at) => isField(fields[at] ?? '', field));
}

function isField(text: string, field: Field): boolean {
  return text.split(',').every(part => {
    const [, range = '', step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (range === '' || step === '0' || step === '00') return false;
    if (range === '*') return true;
    const [from, to = from, ...more] = range.split('-').map(one => numberOf(one, field));
    if (from === undefined || to === undefined || more.length > 0) return false;
    return from <= to && (step === undefined || range.includes('-'));
  });
}

function numberOf(text: string, { from, to, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + (names === MONTHS ? 1 : 0);
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= from && value <= to ? value : undefined;
}
