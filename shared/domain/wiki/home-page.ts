import { cellOf, cellsIn, tableRow, valuesIn } from './tables.ts';

/** Images that were promoted to one tag. */
export type HomeRow = {
  /** In the order of the images; one where all are of the same commit. */
  readonly commits: readonly string[];
  /** Full names under the tag. */
  readonly names: readonly string[];
  /** Where the page of each is. */
  readonly links: readonly string[];
};

const HEADINGS = ['Commit', 'Image', 'Manifest'];
const IMAGE = HEADINGS.indexOf('Image');

/**
 * `Home.md` with the row at the top of its table, in the place of every row that has one of `replaced` among its
 * images. Everything else in the file stays as it is, byte for byte; a file without the table gets one at its end.
 *
 * @param row nothing when no image is left under the tag.
 */
export function homePage(
  text: string | undefined,
  {
    row,
    replaced,
    wiki,
  }: { readonly row: HomeRow | undefined; readonly replaced: readonly string[]; readonly wiki: string },
): string {
  const fresh = row === undefined ? [] : [rowOf(row)];
  if (text === undefined || text.trim() === '') {
    return [`Welcome to the ${wiki} wiki!`, '', ...newTable(fresh)].join('\n');
  }
  const ending = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split('\n');
  const rule = lines.findIndex((line, at) => isRule(line) && isHeader(lines[at - 1]));
  if (rule < 0) {
    if (fresh.length === 0) return text;
    const gap = text.endsWith('\n') ? ending : `${ending}${ending}`;
    return `${text}${gap}${newTable(fresh).join(ending)}${ending}`;
  }
  const found = lines.findIndex((line, at) => at > rule && cellsIn(line) === undefined);
  const end = found < 0 ? lines.length : found;
  const kept = lines.slice(rule + 1, end).filter(line => !isReplaced(line, replaced));
  const head = lines.slice(0, rule + 1);
  const added = fresh.map(line => (ending === '\r\n' ? `${line}\r` : line));
  // A table that ends with the file has no line end behind its last row.
  const isLast = end === lines.length;
  return withoutCarriage([...head, ...added, ...kept, ...lines.slice(end)], isLast).join('\n');
}

function newTable(rows: readonly string[]): string[] {
  return ['| Commit | Image | Manifest |', '|--------|-------|----------|', ...rows];
}

function rowOf({ commits, names, links }: HomeRow): string {
  return tableRow([
    cellOf(commits),
    cellOf(names.map(name => `\`${name}\``)),
    cellOf(links.map(link => `[Link](${link})`)),
  ]);
}

function isHeader(line = ''): boolean {
  const cells = cellsIn(line) ?? [];
  return cells.length === HEADINGS.length && cells.every((cell, at) => cell === HEADINGS[at]);
}

function isRule(line: string): boolean {
  const cells = cellsIn(line) ?? [];
  return cells.length === HEADINGS.length && cells.every(cell => /^:?-+:?$/.test(cell));
}

/** By whole names: `web:2026.3-stable` is not `web:2026.3-stable-old`. */
function isReplaced(line: string, replaced: readonly string[]): boolean {
  const names = valuesIn(cellsIn(line)?.[IMAGE] ?? '');
  return names.some(name => replaced.includes(name));
}

function withoutCarriage(lines: readonly string[], isLast: boolean): readonly string[] {
  const last = lines.at(-1);
  return isLast && last?.endsWith('\r') ? [...lines.slice(0, -1), last.slice(0, -1)] : lines;
}
