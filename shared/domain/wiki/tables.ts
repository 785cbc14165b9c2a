/** A row of a table in Markdown, as the wiki has them: no blanks around its cells. */
export function tableRow(cells: readonly string[]): string {
  return `|${cells.join('|')}|`;
}

/** Several values in one cell. */
export function cellOf(values: readonly string[]): string {
  return values.join('<br>');
}

/** The values of a cell, without the backticks around each. */
export function valuesIn(cell: string): string[] {
  return cell.split(/<br\s*\/?>/i).map(value => value.trim().replace(/^`(.*)`$/, '$1'));
}

/** The cells of a line; nothing where it is no row of a table. */
export function cellsIn(line: string): string[] | undefined {
  const [, inner] = /^\s*\|(.*)\|\s*$/.exec(line) ?? [];
  return inner?.split('|').map(cell => cell.trim());
}
