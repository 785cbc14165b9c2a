import { type Layers, layerRows } from './layer-rows.ts';
import { markdownTable } from './markdown-table.ts';

/** What an info command of an image said. */
export type InfoOutput = {
  readonly description: string;
  /** What was run, e.g. `pip list`. */
  readonly command: string;
  /** Absent when it failed. */
  readonly output?: string | undefined;
};

/** More line ends than these are folded away. */
const LONG = 30;
const FAILED = 'Failed to execute cmd';

/** The manifest page of an image: its layer table, then a section for each info command in their order. */
export function manifestPage({
  layers,
  info,
}: {
  readonly layers: Layers;
  readonly info: readonly InfoOutput[];
}): string {
  return [layerTable(layers), ...info.map(section)].join('\n').trim();
}

function layerTable(layers: Layers): string {
  const note = layers.sizes === 'compressed' ? ' (compressed)' : '';
  const headings = ['', 'createdAt', 'CMD', `hSize${note}`, `hcumSize${note}`, 'elapsed', 'Tags'];
  const rows = layerRows(layers).map(row => [
    String(row.index),
    row.createdAt,
    row.command,
    row.size,
    row.cumulative,
    row.elapsed,
    row.tags,
  ]);
  return markdownTable(headings, rows);
}

function section({ description, output = FAILED }: InfoOutput): string {
  const text = output.trimEnd();
  const fence = fenceFor(text);
  const block = `${fence}\n${text}\n${fence}\n`;
  const isLong = text.split('\n').length - 1 > LONG;
  const body = isLong ? `<details>\n<summary>Details</summary>\n\n${block}</details>\n` : block;
  return `\n## ${description}\n\n${body}\n\n`;
}

/** Longer than any run of backticks in the text. https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function fenceFor(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(longest + 1);
}
