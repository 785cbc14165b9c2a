import { buildOrder, cycleText } from '../tree/image-tree.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';

/** Parents of another repo, and parents that stand on their own children. In time linear in the images. */
export function parents({ images, repos }: Configuration): Mistake[] {
  const isKnown = (repo: string | undefined) => repo === undefined || repos[repo] !== undefined;
  const cycles = cyclesOf(images);
  return Object.entries(images).flatMap(([name, { parent: parentName, repo }]) => {
    const parent = parentName === undefined ? undefined : images[parentName];
    if (parentName === undefined || parent === undefined) return [];
    const path = ['images', name, 'parent'];
    const cycle = cycles.get(name);
    return [
      ...(parent.repo === repo || !isKnown(parent.repo) || !isKnown(repo)
        ? []
        : [{ path, message: `expected an image of the same repo; "${parentName}" is of another` }]),
      ...(cycle === undefined ? [] : [{ path, message: `expected no cycle, found ${cycle}` }]),
    ];
  });
}

/** By each image that is part of one, the cycle from there on. */
function cyclesOf(images: Configuration['images']): Map<string, string> {
  const standing = Object.entries(images).map(([name, { parent }]) => ({
    name,
    parents: parent === undefined ? [] : [parent],
  }));
  const { cycles } = buildOrder(standing);
  return new Map(cycles.flatMap(cycle => cycle.slice(1).map((name, at) => [name, cycleText(cycle, at + 1)])));
}
