import { stripVTControlCharacters } from 'node:util';
import { wrapWords } from './wrap-words.ts';

const GAP = '  ';
/** A column that is narrower is no easier to read than a line that runs over. */
const LEAST = 16;

/**
 * Rows of cells as lines whose columns line up; colours do not count as width. Where they do not fit into `width`,
 * the widest column is broken between words. Lines have no trailing blanks.
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string[] {
  const widths = widthsOf(rows);
  const widest = widths.indexOf(Math.max(...widths));
  const others = widths.reduce((sum, each) => sum + each, 0) - (widths[widest] ?? 0);
  const room = width - others - GAP.length * (widths.length - 1);
  const fits = room >= (widths[widest] ?? 0) || room < LEAST;
  const broken = fits ? rows : rows.flatMap(row => breakCell(row, { at: widest, width: room }));
  const final = widthsOf(broken);
  return broken.map(row =>
    row
      .map((cell, i) => cell + ' '.repeat((final[i] ?? 0) - lengthOf(cell)))
      .join(GAP)
      .trimEnd(),
  );
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, lengthOf(cell));
    });
  }
  return widths;
}

/** The row, and below it rows with nothing but the rest of the cell. A coloured cell stays whole. */
function breakCell(
  row: readonly string[],
  { at, width }: { readonly at: number; readonly width: number },
): (readonly string[])[] {
  const cell = row[at] ?? '';
  if (stripVTControlCharacters(cell) !== cell) return [row];
  return wrapWords(cell, width).map((line, turn) =>
    row.map((other, i) => {
      if (i === at) return line;
      return turn === 0 ? other : '';
    }),
  );
}

function lengthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
