import type { PromotedImage, Promotion } from '../documents/promotion.ts';
import { parseImageReference } from '../names/image-reference.ts';
import { formatList, type ListName } from '../results/list-files.ts';
import { fullName } from '../results/result-names.ts';

/**
 * DataHub's lists of a promotion, by the names of their files: of the global tag `IMAGES_ORIGINAL_STABLE` and
 * `IMAGES_GLOBAL_STABLE`, of any other `IMAGES_ORIGINAL` and `IMAGES_TAGGED`; `IMAGES_PUSHED` once it has moved.
 */
export function promotionLists({ from, to, phase, images }: Promotion): ReadonlyMap<ListName, string> {
  const under = (tag: string) => formatList(images.flatMap(image => nameOf(image, tag)));
  const [original, tagged]: readonly [ListName, ListName] =
    to === 'stable'
      ? ['IMAGES_ORIGINAL_STABLE', 'IMAGES_GLOBAL_STABLE']
      : ['IMAGES_ORIGINAL', 'IMAGES_TAGGED'];
  const moved = images.filter(({ state }) => state === 'moved').flatMap(image => nameOf(image, to));
  return new Map<ListName, string>([
    [original, under(from)],
    [tagged, under(to)],
    ...(phase === 'rehearsed' ? [] : [['IMAGES_PUSHED', formatList(moved)] as const]),
  ]);
}

function nameOf({ repository }: PromotedImage, tag: string): string[] {
  const reference = parseImageReference(repository);
  return reference === undefined ? [] : [fullName({ ...reference, tag })];
}
