import { createRandom } from '../helpers/world/turns.ts';

export type SimulatedImage = {
  readonly name: string;
  /** An earlier image of the tree; nothing for the first, on which all stand. */
  readonly parent: string | undefined;
  /** How long its build takes, in milliseconds. */
  readonly takes: number;
};
/** Parents before their children. */
export type SimulatedTree = readonly SimulatedImage[];

type Wish = {
  readonly count: number;
  readonly seed: number;
  /** How many builds run at once. */
  readonly limit: number;
  /** How long the fastest possible order of builds takes, in milliseconds. */
  readonly least: number;
};

/** Each image on any earlier one; the longest build takes three times as long as the shortest. The same seed, the same tree. */
export function randomTree({ count, seed, limit, least }: Wish): SimulatedTree {
  const random = createRandom(seed);
  const images = Array.from({ length: count }, (_, i) => ({
    name: `image-${i}`,
    parent: i === 0 ? undefined : `image-${Math.floor(random() * i)}`,
    takes: 0.5 + random(),
  }));
  const scale = least / leastTime(images, limit);
  return images.map(image => ({ ...image, takes: image.takes * scale }));
}

/** No order of builds is faster: the longest way down the tree, or all the work shared among those who work. */
function leastTime(tree: SimulatedTree, limit: number): number {
  return Math.max(criticalPath(tree), oneByOne(tree) / limit);
}

export function criticalPath(tree: SimulatedTree): number {
  const ends = new Map<string | undefined, number>();
  for (const { name, parent, takes } of tree) ends.set(name, (ends.get(parent) ?? 0) + takes);
  return Math.max(...ends.values());
}

/** Breadth first, one build after the other. */
export function oneByOne(tree: SimulatedTree): number {
  return tree.reduce((sum, { takes }) => sum + takes, 0);
}
