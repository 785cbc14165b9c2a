import { alignColumns } from '../../infra/cli/text/align-columns.ts';
import type { Finding, Measure, Row, Table } from './measure.ts';

/** A finding as text: aligned tables, then the sentences. */
export function reportOf({ name, about }: Measure, finding: Finding): string {
  const { tables, notes = [], leftOut = [], failures = [] } = finding;
  return [
    `${name}: ${about}`,
    ...tables.flatMap(table => ['', ...tableText(table)]),
    '',
    ...notes,
    ...leftOut.map(text => `LEFT OUT: ${text}`),
    ...failures.map(text => `FAILED: ${text}`),
    '',
  ].join('\n');
}

function tableText({ title, rows }: Table): string[] {
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))];
  const columns = names.map(name => columnText(name, rows));
  const lines = ['', ...rows].map((_, i) => columns.map(column => column[i] ?? ''));
  return [title, ...alignColumns(lines).map(line => `  ${line}`)];
}

/** Numbers stand at the right, as do the names above them. */
function columnText(name: string, rows: readonly Row[]): string[] {
  const cells = [name, ...rows.map(row => cellText(row[name]))];
  const width = Math.max(...cells.map(cell => cell.length));
  const numeric = rows.some(row => typeof row[name] === 'number');
  return numeric ? cells.map(cell => cell.padStart(width)) : cells;
}

function cellText(value: Row[string]): string {
  if (typeof value !== 'number') return value ?? '';
  if (!Number.isFinite(value)) return '-';
  if (Number.isInteger(value)) return value.toLocaleString('en');
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.1))));
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
