import { type Standing, sourceOf } from '../../shared/domain/wiki/tag-standing.ts';
import { tags } from '../../shared/records/collections.ts';
import { donePromotions } from '../../shared/records/done-promotions.ts';
import { refTo } from '../../shared/records/records.ts';
import type { Promote } from './promote.ts';

/**
 * The tag under which others may have put up a page of exactly this image: where promotions brought it from, back to a
 * tag that nothing is known to move. Nothing where there is none: a page under a tag that moves may be of another time.
 */
export async function findOrigin(
  { records }: Pick<Promote, 'records'>,
  { image, digest, from }: Standing,
): Promise<string | undefined> {
  const seen = new Set<string>();
  let tag = from;
  while (tag !== undefined && !seen.has(tag)) {
    seen.add(tag);
    const line = await donePromotions({ records }, tag);
    if (!line.some(({ images }) => images.some(each => each.image === image))) {
      return (await records.get(refTo(tags, image, tag))) === undefined ? tag : undefined;
    }
    tag = sourceOf(line, image, digest);
  }
  return undefined;
}
