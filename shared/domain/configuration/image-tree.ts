import { childrenOf } from '../tree/image-tree.ts';

type Images = Readonly<Record<string, { readonly parent?: string | undefined }>>;

/** The names of the images, every parent before its children, families together, otherwise as they were written. */
export function imagesInTreeOrder(images: Images): string[] {
  const children = childrenOf(
    Object.entries(images).map(([name, { parent }]) => ({
      name,
      parents: parent === undefined ? [] : [parent],
    })),
  );
  const ordered: string[] = [];
  const waiting = Object.keys(images).filter(name => images[name]?.parent === undefined);
  // What is taken next is at the end.
  waiting.reverse();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    ordered.push(name);
    for (const child of (children.get(name) ?? []).toReversed()) waiting.push(child.name);
  }
  return ordered;
}
