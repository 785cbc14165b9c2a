import { childrenOf, type ImageTree } from '../../../shared/domain/tree/image-tree.ts';

export type DrawnImage = { readonly name: string; readonly drawing: string };

/**
 * Every image once, each under the first of its parents, with the lines that lead to it. Without recursion: nothing
 * limits how deep a tree is.
 */
export function drawTree(images: ImageTree): DrawnImage[] {
  const names = new Set(images.map(({ name }) => name));
  const hung = images.map(({ name, parents }) => ({
    name,
    parents: parents.filter(parent => names.has(parent)).slice(0, 1),
  }));
  const children = childrenOf(hung);
  const drawn: DrawnImage[] = [];
  const waiting = hung
    .filter(({ parents }) => parents.length === 0)
    .map(({ name }) => ({ name, lead: '', below: '' }))
    .reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { name, lead, below } = next;
    drawn.push({ name, drawing: `${lead}${name}` });
    const under = children.get(name) ?? [];
    for (const [index, child] of under.toReversed().entries()) {
      const isLast = index === 0;
      waiting.push({
        name: child.name,
        lead: `${below}${isLast ? '└─' : '├─'} `,
        below: `${below}${isLast ? '   ' : '│  '}`,
      });
    }
  }
  return drawn;
}
