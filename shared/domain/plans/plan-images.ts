import type { ImageTree, TreeImage } from '../tree/image-tree.ts';
import { asksForFullRebuild, type Change, type Published, skipWord } from './change.ts';
import type { ChangeRules } from './change-rules.ts';
import type { Reason, Reasons } from './reasons.ts';
import { reasonsOfFiles, touchedImages } from './touched-images.ts';

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
  /** Why images that are compared with another commit than the rest are built: in place of what their files say. */
  readonly own?: ReadonlyMap<string, readonly Reason[]> | undefined;
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
  const ownReasons = ownReasonsBy(input);
  const builds: PlannedImage[] = [];
  const kept: KeptImage[] = [];
  const built = new Set<string>();
  // Parents come first, so that one pass reaches all that stands on them.
  for (const image of images) {
    const parent = image.parents.find(name => built.has(name));
    const above: Reason[] = parent === undefined ? [] : [{ kind: 'parent is built', parent }];
    const [first, ...more] = [...ownReasons(image), ...above];
    if (first === undefined) {
      kept.push(keep(image, input));
    } else {
      builds.push({ image, reasons: [first, ...more] });
      built.add(image.name);
    }
  }
  return { builds, kept };
}

/** The reasons that an image has by itself, whatever is above it. */
function ownReasonsBy(input: PlanInput): (image: TreeImage) => readonly Reason[] {
  const { images, change, rules } = input;
  const touched = touchedImages(change.files ?? [], { images, rules });
  const whole = wholeReason(input);
  return image => {
    const ofFiles = input.own?.get(image.name) ?? reasonsOfFiles(image.name, touched);
    return [...(whole === undefined ? [] : [whole]), ...ofFiles, ...registryReasons(image, input)];
  };
}

/** The reason that every image has, whatever files say, if there is one. */
function wholeReason({ change, parents }: PlanInput): Reason | undefined {
  const { branch, isDefault, isFirst, files, wantsAll } = change;
  if (wantsAll === true) return { kind: 'full rebuild', wantedBy: 'person' };
  if (asksForFullRebuild(change)) return { kind: 'full rebuild', wantedBy: 'message' };
  if (isDefault) return { kind: 'default branch', branch };
  return files === undefined || (isFirst && parents !== 'reuse') ? { kind: 'first run', branch } : undefined;
}

function registryReasons(image: TreeImage, { tag, parents, published, reusable }: PlanInput): Reason[] {
  const fact = published?.get(image.name);
  if (fact?.kind === 'missing') {
    const isReused = parents === 'reuse' && reusable?.get(image.name)?.kind === 'there';
    return isReused ? [] : [{ kind: 'missing', tag }];
  }
  if (fact?.kind !== 'there' || parents === 'reuse') return [];
  return image.parents
    .filter(parent => isOutdated(fact.builtOn?.[parent], published?.get(parent)))
    .map(parent => ({ kind: 'outdated parent', parent }));
}

function isOutdated(builtOn: string | undefined, parent: Published | undefined): boolean {
  if (builtOn === undefined || parent?.kind !== 'there' || parent.digests === undefined) return false;
  return !parent.digests.includes(builtOn);
}

function keep(image: TreeImage, { published, reuseTag }: PlanInput): KeptImage {
  const fact = published?.get(image.name);
  if (fact?.kind === 'unknown') return { image, kind: 'unknown', note: fact.reason };
  if (fact?.kind === 'missing') return { image, kind: 'reused', ...(reuseTag && { note: reuseTag }) };
  return { image, kind: 'up to date' };
}
