/** An image of a repository that is built from a folder of it. Paths are relative to the repository, `''` is all of it. */
export type TreeImage = {
  readonly name: string;
  /** The build context: what changes in it changes the image. */
  readonly folder: string;
  /** Folder and Dockerfile are of another repository, at a commit of that. */
  readonly elsewhere?: true;
  /** Where its tests are: what changes there has it tested, and so built, again. */
  readonly testFolders?: readonly string[];
  readonly dockerfile: string;
  /** `registry/repository` it is pushed to, in its canonical spelling; nothing where that is not said. */
  readonly repository: string | undefined;
  /** The images it stands on, each of them once. The first is the one whose reference the build is given. */
  readonly parents: readonly string[];
  /** The build argument that says which image of the parent it is. */
  readonly parentArg: string;
  readonly args: Readonly<Record<string, string>>;
};

/** Parents before their children, those of a level together, otherwise as they were written. */
export type ImageTree = readonly TreeImage[];

type Standing = { readonly name: string; readonly parents: readonly string[] };

export type BuildOrder<Image extends Standing> = {
  /** Every image after all that it stands on, breadth first: the roots, then what stands on them, and so on. */
  readonly order: readonly Image[];
  /** Cycles of names, each closed: `a, b, a`. What is on one or stands on one has no place in the order. */
  readonly cycles: readonly (readonly string[])[];
};

/** So many names of a cycle are told before its end. */
const SHOWN = 8;

/** In time linear in images and parents. Parents that are not among the images do not count. */
export function buildOrder<Image extends Standing>(images: readonly Image[]): BuildOrder<Image> {
  const known = new Map(images.map(image => [image.name, image]));
  const children = childrenOf(images);
  const waitsFor = new Map(
    images.map(({ name, parents }) => [name, parents.filter(parent => known.has(parent)).length]),
  );
  const order = images.filter(({ name }) => waitsFor.get(name) === 0);
  for (let next = 0; next < order.length; next++) {
    for (const child of children.get(order[next]?.name ?? '') ?? []) {
      const left = (waitsFor.get(child.name) ?? 0) - 1;
      waitsFor.set(child.name, left);
      if (left === 0) order.push(child);
    }
  }
  if (order.length === images.length) return { order, cycles: [] };
  const placed = new Set(order.map(({ name }) => name));
  return { order, cycles: findCycles(images.filter(({ name }) => !placed.has(name))) };
}

/** What stands directly on each image, in the order of the images. */
export function childrenOf<Image extends Standing>(images: readonly Image[]): Map<string, Image[]> {
  const children = new Map<string, Image[]>();
  for (const image of images) {
    for (const parent of image.parents) {
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [image]);
      else siblings.push(image);
    }
  }
  return children;
}

/** `a -> b -> a`, beginning with one of its names; of a long one only the beginning and the end. */
export function cycleText(cycle: readonly string[], start = 0): string {
  const length = cycle.length - 1;
  const name = (at: number) => cycle[(start + at) % length];
  const shown = Array.from({ length: Math.min(length, SHOWN) }, (_, at) => name(at));
  return [...shown, ...(length > SHOWN ? ['…'] : []), name(0)].join(' -> ');
}

/** Each of these stands, by and by, on a cycle: going up from any of them ends in one. */
function findCycles(stuck: readonly Standing[]): string[][] {
  const up = new Map(stuck.map(({ name, parents }) => [name, parents]));
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const { name } of stuck) {
    const path: string[] = [];
    let at: string | undefined = name;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      at = up.get(at)?.find(parent => up.has(parent));
    }
    const start = at === undefined ? -1 : path.indexOf(at);
    if (start >= 0 && at !== undefined) cycles.push([...path.slice(start), at]);
  }
  return cycles;
}
