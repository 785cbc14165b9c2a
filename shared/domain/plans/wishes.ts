import type { z } from 'zod';
import type { Image } from '../configuration/images.ts';
import type { BuildStep } from '../documents/build.ts';
import type { Instant } from '../documents/waiting.ts';
import type { CommitSha } from '../names/commit-sha.ts';
import { childrenOf, type TreeImage } from '../tree/image-tree.ts';
import { remarkText } from '../tree/remark-text.ts';
import type { Remark } from '../tree/settle-parents.ts';
import type { Plan } from './plan-images.ts';
import { reasonText } from './reasons.ts';

/** One image that a push wants at its commit: built, or taken over from the commit that it was compared with. */
export type BuildWish = {
  readonly image: string;
  readonly reasons: readonly string[];
  /** Nothing of it changed since this commit. */
  readonly carries?: CommitSha | undefined;
  readonly since?: CommitSha | undefined;
  readonly parent?: string | undefined;
  readonly parents?: readonly string[] | undefined;
  /** How it is built, where the commit itself says so. */
  readonly recipe?: z.infer<typeof Image> | undefined;
  /** What a person should know of its Dockerfile, as sentences. */
  readonly notes?: readonly string[] | undefined;
};

type Facts = {
  /** The commit that each image was compared with; those that are absent have never been built. */
  readonly bases: ReadonlyMap<string, CommitSha>;
  readonly recipes: ReadonlyMap<string, z.infer<typeof Image>>;
  readonly remarks: readonly Remark[];
};

/** What a plan wants of every image of the tree: none is left out, so that every commit is a whole stack. */
export function wishesOf(plan: Plan, { bases, recipes, remarks }: Facts): BuildWish[] {
  if (plan.skippedBy !== undefined) return [];
  // A file that is not there is for the builder to tell: it may need none.
  const ofLines = remarks.filter(({ line }) => line !== undefined);
  const remarksOf = Map.groupBy(ofLines, ({ image }) => image);
  return [
    ...plan.builds.map(({ image, reasons }) => ({
      ...standing(image),
      reasons: reasons.map(reasonText),
      since: bases.get(image.name),
      recipe: recipes.get(image.name),
      notes: remarksOf.get(image.name)?.map(remarkText),
    })),
    ...plan.kept.map(({ image }) => ({
      ...standing(image),
      reasons: ['nothing of it changed'],
      carries: bases.get(image.name),
      since: bases.get(image.name),
      recipe: recipes.get(image.name),
    })),
  ];
}

/** The names of the images that stand on each wished one, by its name. */
export function namesOfChildren(wishes: readonly BuildWish[]): ReadonlyMap<string, readonly string[]> {
  const standing = wishes.map(({ image, parent, parents = [] }) => ({
    name: image,
    parents: parent === undefined ? parents : [parent, ...parents],
  }));
  return new Map([...childrenOf(standing)].map(([name, found]) => [name, found.map(child => child.name)]));
}

function standing({ name, parents: [parent, ...others] }: TreeImage) {
  return { image: name, parent, ...(others.length > 0 && { parents: others }) };
}

/** What is to be known of an image before it is built, among what is done to it. */
export function stepsOf({ notes = [] }: BuildWish, at: Instant): BuildStep[] {
  return notes.map(message => ({ name: 'note', at, message }));
}
