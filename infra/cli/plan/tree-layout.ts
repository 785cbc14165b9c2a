import { childrenOf, type ImageTree } from '../../../shared/domain/tree/image-tree.ts';

export type Box = {
  readonly name: string;
  /** How many images are above it, on the longest way. */
  readonly level: number;
  /** In rows from the top; a parent is in the middle of what stands on it. */
  readonly row: number;
};

export type Layout = {
  readonly boxes: readonly Box[];
  /** How many rows there are: one for each image that nothing hangs on. */
  readonly rows: number;
};

/**
 * A place for every image, so that no two boxes lie on one another: leaves one below the other, each family
 * together. In time linear in the images; what has several parents hangs on the first.
 */
export function layOut(images: ImageTree): Layout {
  const names = new Set(images.map(({ name }) => name));
  const known = images.map(({ name, parents }) => ({ name, parents: parents.filter(p => names.has(p)) }));
  const children = childrenOf(known.map(({ name, parents }) => ({ name, parents: parents.slice(0, 1) })));
  const levels = new Map<string, number>();
  for (const { name, parents } of known) {
    levels.set(name, Math.max(-1, ...parents.map(parent => levels.get(parent) ?? 0)) + 1);
  }
  const rows = new Map<string, number>();
  let next = 0;
  for (const name of leavesInOrder(known, children)) rows.set(name, next++);
  for (const { name } of known.toReversed()) {
    const below = (children.get(name) ?? []).map(child => rows.get(child.name) ?? 0);
    const first = below.at(0);
    const last = below.at(-1);
    if (first !== undefined && last !== undefined) rows.set(name, (first + last) / 2);
  }
  const boxes = known.map(({ name }) => ({ name, level: levels.get(name) ?? 0, row: rows.get(name) ?? 0 }));
  return { boxes, rows: next };
}

type Hung = { readonly name: string; readonly parents: readonly string[] };

function leavesInOrder(images: readonly Hung[], children: ReadonlyMap<string, readonly Hung[]>): string[] {
  const leaves: string[] = [];
  const waiting = images.filter(({ parents }) => parents.length === 0).toReversed();
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const under = children.get(at.name) ?? [];
    if (under.length === 0) leaves.push(at.name);
    for (const child of under.toReversed()) waiting.push(child);
  }
  return leaves;
}
