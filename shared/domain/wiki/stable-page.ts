import { cellOf, tableRow } from './tables.ts';

export type StableRow = {
  /** Full names under the global tag. */
  readonly names: readonly string[];
  /** Full names that they were promoted from, in the same order. */
  readonly basedOn: readonly string[];
  readonly links: readonly string[];
};

/** `Stable_Tag.md`, whole: one row says what the global tag is based on; none where no image has it any more. */
export function stablePage({ names, basedOn, links }: StableRow): string {
  const code = (values: readonly string[]) => cellOf(values.map(value => `\`${value}\``));
  return [
    '| Global-Stable Image | Based On | Manifest |',
    '| :- | :- | :- |',
    ...(names.length === 0
      ? []
      : [tableRow([code(names), code(basedOn), cellOf(links.map(link => `[Link](${link})`))])]),
  ].join('\n');
}
