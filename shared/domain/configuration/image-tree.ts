type Images = Readonly<Record<string, { readonly parent?: string | undefined }>>;

/** The names of the images, every parent before its children, families together, otherwise as they were written. */
export function imagesInTreeOrder(images: Images): string[] {
  const ordered = new Set<string>();
  const visit = (name: string, parent: string | undefined) => {
    if (ordered.has(name) || images[name]?.parent !== parent) return;
    ordered.add(name);
    for (const child of Object.keys(images)) visit(child, name);
  };
  for (const name of Object.keys(images)) visit(name, undefined);
  return [...ordered];
}
