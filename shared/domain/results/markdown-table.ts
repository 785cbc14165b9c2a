/** The least width of a column beyond its heading's: other tables in these wikis were made so. */
const BEYOND_HEADING = 2;

/** A table in Markdown whose columns line up; the first column, of numbers, is set to the right. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, at) =>
    Math.max(heading.length + BEYOND_HEADING, ...rows.map(row => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, at) => {
      const width = widths[at] ?? 0;
      return at === 0 ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, at) =>
    at === 0 ? `${'-'.repeat(width + 1)}:` : `:${'-'.repeat(width + 1)}`,
  );
  return [line(headings), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}
