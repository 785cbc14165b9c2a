import type { PromotedImage, Promotion } from '../documents/promotion.ts';
import type { Digest } from '../names/digest.ts';
import { isWayBack } from '../promotions/way-back.ts';

/** What a tag of an image names by the word of the promotions. */
export type Standing = {
  readonly image: string;
  readonly repository: string;
  readonly digest: Digest;
  /** The tag that it was promoted from, where a promotion says so. */
  readonly from?: string | undefined;
};

/**
 * Where the promotions have left a tag, by image, in the order of the newest promotion that names it. An image whose
 * tag an undo took away has none; one that was left where somebody else put it counts as it was found.
 *
 * @param promotions of this tag, the newest first. A dry run counts as if it had moved.
 */
export function tagStanding(promotions: readonly Promotion[]): Standing[] {
  const done = promotions.filter(
    ({ phase }) => phase === 'moved' || phase === 'incomplete' || phase === 'rehearsed',
  );
  const newest = new Map<string, PromotedImage>();
  for (const each of done.flatMap(({ images, phase }) => images.map(image => asMoved(image, phase)))) {
    if (!newest.has(each.image)) newest.set(each.image, each);
  }
  return [...newest.values()].flatMap(({ image, repository, after }) =>
    after === undefined ? [] : [{ image, repository, digest: after, from: sourceOf(done, image, after) }],
  );
}

function asMoved(image: PromotedImage, phase: Promotion['phase']): PromotedImage {
  return phase === 'rehearsed' ? { ...image, after: image.digest } : image;
}

/** The source of the newest promotion that brought this digest. A way back has no source of its own. */
export function sourceOf(done: readonly Promotion[], image: string, digest: Digest): string | undefined {
  const brought = done.find(
    promotion =>
      !isWayBack(promotion) && promotion.images.some(each => each.image === image && each.digest === digest),
  );
  return brought?.from;
}
