import type { ImageTree } from '../../../shared/domain/tree/image-tree.ts';

/** The tree as a flowchart. https://mermaid.js.org/syntax/flowchart.html */
export function mermaid(images: ImageTree): string {
  // A name such as "end" is a word of Mermaid, so that names stand only where text does.
  const ids = new Map(images.map(({ name }, index) => [name, `i${index}`]));
  return [
    'flowchart LR',
    ...images.map(({ name }) => `  ${ids.get(name)}["${name}"]`),
    ...images.flatMap(({ name, parents }) =>
      parents.filter(parent => ids.has(parent)).map(parent => `  ${ids.get(parent)} --> ${ids.get(name)}`),
    ),
  ].join('\n');
}
