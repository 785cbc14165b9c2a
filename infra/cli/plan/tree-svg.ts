import type { ImageTree } from '../../../shared/domain/tree/image-tree.ts';
import { type Box, layOut } from './tree-layout.ts';

const LETTER = 8;
const PADDING = 12;
const HEIGHT = 32;
const ROW = 48;
const GAP = 56;
const MARGIN = 16;

/** The tree as a picture from left to right, readable on light and dark pages. The second parent and further are dashed. */
export function treeSvg(images: ImageTree): string {
  const { boxes, rows } = layOut(images);
  const columns = columnsOf(boxes);
  const placed = new Map(
    boxes.map(box => [
      box.name,
      { x: columns[box.level]?.x ?? 0, y: MARGIN + box.row * ROW, width: widthOf(box.name) },
    ]),
  );
  const last = columns.at(-1);
  const width = (last?.x ?? 0) + (last?.width ?? 0) + MARGIN;
  const height = 2 * MARGIN + Math.max(0, rows - 1) * ROW + HEIGHT;
  const edges = images.flatMap(({ name, parents }) =>
    parents.flatMap((parent, index) => {
      const from = placed.get(parent);
      const to = placed.get(name);
      if (from === undefined || to === undefined) return [];
      const start = `${from.x + from.width} ${from.y + HEIGHT / 2}`;
      const middle = to.x - GAP / 2;
      const end = to.y + HEIGHT / 2;
      const dash = index === 0 ? '' : ' stroke-dasharray="4 4"';
      return [
        `  <path d="M${start} L${columnEnd(columns, from.x)} ${from.y + HEIGHT / 2} C${middle} ${from.y + HEIGHT / 2} ${middle} ${end} ${to.x} ${end}"${dash}/>`,
      ];
    }),
  );
  const nodes = [...placed].flatMap(([name, { x, y, width: wide }]) => [
    `  <rect x="${x}" y="${y}" width="${wide}" height="${HEIGHT}" rx="6"/>`,
    `  <text x="${x + wide / 2}" y="${y + HEIGHT / 2}">${escaped(name)}</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    '  <title>Which image stands on which</title>',
    '  <style>',
    '    path, rect { fill: none; stroke: #57606a }',
    '    text { font: 13px ui-monospace, monospace; fill: #1f2328; text-anchor: middle; dominant-baseline: central }',
    '    @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } path, rect { stroke: #8b949e } }',
    '  </style>',
    ...edges,
    ...nodes,
    '</svg>',
  ].join('\n');
}

type Column = { readonly x: number; readonly width: number };

/** One for each level, as wide as its longest name. */
function columnsOf(boxes: readonly Box[]): Column[] {
  const widths: number[] = [];
  for (const { name, level } of boxes) widths[level] = Math.max(widths[level] ?? 0, widthOf(name));
  let x = MARGIN;
  return widths.map(width => {
    const column = { x, width };
    x += width + GAP;
    return column;
  });
}

/** A line leaves its column straight, so that it crosses no box of it. */
function columnEnd(columns: readonly Column[], x: number): number {
  const column = columns.find(candidate => candidate.x === x);
  return x + (column?.width ?? 0);
}

function widthOf(name: string): number {
  return name.length * LETTER + 2 * PADDING;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
