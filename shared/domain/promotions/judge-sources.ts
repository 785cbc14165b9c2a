import type { PromotedImage, Promotion } from '../documents/promotion.ts';
import { shortDigest } from '../names/digest.ts';
import { namesOf } from './plan-promotion.ts';
import { isWayBack, wishText } from './way-back.ts';

/** What was read of one image before anything moves. */
export type SourceFacts = {
  /** What the source names; nothing where it is not there. */
  readonly source?: string | undefined;
  /** What the target names; nothing where there is no such tag. */
  readonly target?: string | undefined;
  /** Who holds the target and why, as a sentence. */
  readonly held?: string | undefined;
};

/**
 * Whether a promotion may begin: every source is there, no target is held, and for an undo nobody moved a target
 * since. Then the digests are recorded from which and to which each target moves; nothing moves before that. After
 * its gates it is judged once more, since they take their time: what moves then is what they have tested.
 */
export function judgeSources(promotion: Promotion, facts: ReadonlyMap<string, SourceFacts>): Promotion {
  const { dryRun } = promotion;
  const images = promotion.images.map(each => imageWith(promotion, each, facts.get(each.image) ?? {}));
  const reason = refusal(promotion, images, facts);
  if (reason !== undefined) return { ...promotion, images, phase: 'refused', reason };
  if (!dryRun) return { ...promotion, images, phase: 'moving' };
  const rehearsed = images.map(each =>
    each.state === 'waiting' ? ({ ...each, state: 'would move' } as const) : each,
  );
  return { ...promotion, images: rehearsed, phase: 'rehearsed' };
}

/** Ends a promotion of which nothing was moved. */
export function refuse(promotion: Promotion, reason: string): Promotion {
  return { ...promotion, phase: 'refused', reason };
}

/** Whether what its targets are to name is settled, whatever the source's tag names by now. */
export function isPinned(promotion: Promotion): boolean {
  return isWayBack(promotion) || promotion.phase === 'gated';
}

function imageWith(
  promotion: Promotion,
  each: PromotedImage,
  { source, target }: SourceFacts,
): PromotedImage {
  const isUndo = promotion.undoes !== undefined;
  const digest = isPinned(promotion) ? each.digest : source;
  const isMissing = digest !== source || (digest === undefined && !isUndo);
  const right = digest === target ? 'unchanged' : 'waiting';
  return { ...each, digest, before: target, after: target, state: isMissing ? 'missing' : right };
}

function refusal(
  promotion: Promotion,
  images: readonly PromotedImage[],
  facts: ReadonlyMap<string, SourceFacts>,
): string | undefined {
  const open = images.filter(({ state }) => state === 'waiting');
  const found = [
    missingSources(promotion, images),
    ...open.map(each => movedSince(promotion, each)),
    ...open.map(({ image }) => heldBack(promotion, image, facts.get(image))),
  ].find(state => state !== undefined);
  return found === undefined ? undefined : `Cannot ${wishText(promotion)}: ${found}`;
}

function missingSources(
  { to, undoes, takesBack }: Promotion,
  images: readonly PromotedImage[],
): string | undefined {
  const missing = images.filter(({ state }) => state === 'missing').map(({ image }) => image);
  if (missing.length === 0) return undefined;
  const names = namesOf(missing);
  if (undoes !== undefined) return `the registry no longer has what "${to}" of ${names} was before`;
  if (takesBack !== undefined) return `the registry has no such image of ${names}`;
  if (missing.length === images.length) return `none of the images has this tag: ${names}`;
  return `${names} ${missing.length === 1 ? 'has' : 'have'} no such tag; build the whole stack first`;
}

/** An undo goes back from what the promotion came to, and from nothing else. */
function movedSince(
  { to, undoes }: Promotion,
  { image, before, expects }: PromotedImage,
): string | undefined {
  if (undoes === undefined || before === expects) return undefined;
  const what = before === undefined ? 'taken away' : `moved to ${shortDigest(before)}`;
  return `"${to}" of ${image} was ${what} since; promote what it should be instead`;
}

function heldBack({ to }: Promotion, image: string, { held }: SourceFacts = {}): string | undefined {
  if (held === undefined) return undefined;
  return `"${to}" of ${image} is ${held}; release that first, or go past it with pastHold, or --past-hold`;
}
