import { childrenOf, type ImageTree, type TreeImage } from '../tree/image-tree.ts';
import { asksForFullRebuild, type Change, type Published, skipWord } from './change.ts';
import type { ChangeRules } from './change-rules.ts';
import type { Reason, Reasons } from './reasons.ts';
import { touchedImages } from './touched-images.ts';

export type PlannedImage = { readonly image: TreeImage; readonly reasons: Reasons };

export type KeptImage = {
  readonly image: TreeImage;
  /** up to date: it is there, or was not asked for. reused: only under the other tag. unknown: it was asked for in vain. */
  readonly kind: 'up to date' | 'reused' | 'unknown';
  readonly note?: string;
};

export type Plan = {
  /** The word in a message that says so, where nothing is built at all. */
  readonly skippedBy?: string;
  /** Every image after all that it stands on; what stands on one of them is among them. */
  readonly builds: readonly PlannedImage[];
  /** All others, in the order of the tree. */
  readonly kept: readonly KeptImage[];
};

export type PlanInput = {
  readonly images: ImageTree;
  readonly change: Change;
  readonly rules: ChangeRules;
  /** The tag of this branch. */
  readonly tag: string;
  /** By name of image, under the tag of this branch; nothing was learned about those that are absent. */
  readonly published?: ReadonlyMap<string, Published> | undefined;
  /** The same under `reuseTag`. */
  readonly reusable?: ReadonlyMap<string, Published> | undefined;
  readonly reuseTag?: string | undefined;
  /** Reasons that images have by themselves, beside those that follow from the change. */
  readonly more?: ReadonlyMap<string, readonly Reason[]> | undefined;
  /**
   * What becomes of an image that did not change but is missing, or that stands on an older parent. rebuild: it is
   * built, with all that stands on it. reuse: what is there under `reuseTag`, or stands on an older parent, will do.
   */
  readonly parents?: 'rebuild' | 'reuse' | undefined;
};

/** What a change calls for, and why. In time linear in images, parents and files. */
export function planImages(input: PlanInput): Plan {
  const { images, change } = input;
  const skippedBy = skipWord(change);
  if (skippedBy !== undefined && change.wantsAll !== true) {
    return { skippedBy, builds: [], kept: images.map(image => ({ image, kind: 'up to date' })) };
  }
  const own = ownReasons(input);
  const parentOf = builtParents(images, own);
  const builds: PlannedImage[] = [];
  const kept: KeptImage[] = [];
  for (const image of images) {
    const parent = parentOf.get(image.name);
    const above: Reason[] = parent === undefined ? [] : [{ kind: 'parent is built', parent }];
    const [first, ...more] = [...(own.get(image.name) ?? []), ...above];
    if (first !== undefined) builds.push({ image, reasons: [first, ...more] });
    else kept.push(keep(image, input));
  }
  return { builds, kept };
}

/** The reasons that an image has by itself, whatever is above it. */
function ownReasons(input: PlanInput): Map<string, Reason[]> {
  const { images, change, rules } = input;
  const touched = touchedImages(change.files ?? [], { images, rules });
  const whole = wholeReason(input, touched.sharedFile);
  const facts = new Map(images.map(({ name }) => [name, input.published?.get(name)]));
  return new Map(
    images.flatMap(image => {
      const files = touched.files.get(image.name);
      const reasons: Reason[] = [
        ...(whole === undefined ? [] : [whole]),
        ...(files === undefined ? [] : [{ kind: 'changed', files } as const]),
        ...(input.more?.get(image.name) ?? []),
        ...registryReasons(image, { input, facts }),
      ];
      return reasons.length === 0 ? [] : [[image.name, reasons] as const];
    }),
  );
}

/** The reason that every image has, if there is one. */
function wholeReason({ change, parents }: PlanInput, sharedFile: string | undefined): Reason | undefined {
  const { branch, isDefault, isFirst, files, wantsAll } = change;
  if (wantsAll === true) return { kind: 'full rebuild', wantedBy: 'person' };
  if (asksForFullRebuild(change)) return { kind: 'full rebuild', wantedBy: 'message' };
  if (isDefault) return { kind: 'default branch', branch };
  if (files === undefined || (isFirst && parents !== 'reuse')) return { kind: 'first run', branch };
  return sharedFile === undefined ? undefined : { kind: 'shared file', file: sharedFile };
}

type Facts = ReadonlyMap<string, Published | undefined>;

function registryReasons(
  image: TreeImage,
  { input, facts }: { readonly input: PlanInput; readonly facts: Facts },
): Reason[] {
  const { tag, parents, reusable } = input;
  const fact = facts.get(image.name);
  if (fact?.kind === 'missing') {
    const isReused = parents === 'reuse' && reusable?.get(image.name)?.kind === 'there';
    return isReused ? [] : [{ kind: 'missing', tag }];
  }
  if (fact?.kind !== 'there' || parents === 'reuse') return [];
  return image.parents
    .filter(parent => isOutdated(fact.builtOn?.[parent], facts.get(parent)))
    .map(parent => ({ kind: 'outdated parent', parent }));
}

function isOutdated(builtOn: string | undefined, parent: Published | undefined): boolean {
  if (builtOn === undefined || parent?.kind !== 'there' || parent.digests === undefined) return false;
  return !parent.digests.includes(builtOn);
}

/** The parent that each image is built for. Parents come first, so that one pass reaches all that stands on them. */
function builtParents(images: ImageTree, own: ReadonlyMap<string, unknown>): Map<string, string> {
  const children = childrenOf(images);
  const parentOf = new Map<string, string>();
  for (const { name } of images) {
    if (!own.has(name) && !parentOf.has(name)) continue;
    for (const child of children.get(name) ?? [])
      if (!parentOf.has(child.name)) parentOf.set(child.name, name);
  }
  return parentOf;
}

function keep(image: TreeImage, { published, reuseTag }: PlanInput): KeptImage {
  const fact = published?.get(image.name);
  if (fact?.kind === 'unknown') return { image, kind: 'unknown', note: fact.reason };
  if (fact?.kind === 'missing') return { image, kind: 'reused', ...(reuseTag && { note: reuseTag }) };
  return { image, kind: 'up to date' };
}
