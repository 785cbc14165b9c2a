import type { Configuration } from '../configuration/schema.ts';
import type { HoldScope } from '../documents/hold.ts';
import type { Service } from '../documents/service.ts';
import type { Tag } from '../documents/tag.ts';
import { covers } from './judge-holds.ts';

export type TagName = Pick<Tag, 'image' | 'tag'>;

/**
 * The tags that a hold is over, each once: those of the configuration, the one that it names itself, and those that a
 * service under it follows. With the services that the configuration does not name, where some were found at their targets.
 */
export function tagsUnder(
  { images, tags, services }: Pick<Configuration, 'images' | 'tags' | 'services'>,
  scope: HoldScope,
  found: readonly Service[] = [],
): TagName[] {
  const own = Object.entries(tags).flatMap(([tag, { images }]) =>
    images.filter(image => covers(scope, { kind: 'tag', image, tag })).map(image => ({ image, tag })),
  );
  const named = Object.entries(services).map(([service, settings]) => ({ service, ...settings }));
  const followed = [...named, ...found]
    .filter(({ target, service, image }) => covers(scope, { kind: 'service', target, service, image }))
    .map(({ image, tag }) => ({ image, tag }));
  const byName = new Map(
    [...own, ...unnamed({ images, tags }, scope), ...followed].map(each => [
      `${each.image}:${each.tag}`,
      each,
    ]),
  );
  return [...byName.values()];
}

/** A tag that the configuration does not name: promotions and branches make such. */
function unnamed({ images, tags }: Pick<Configuration, 'images' | 'tags'>, scope: HoldScope): TagName[] {
  if (scope.kind !== 'tag' || Object.hasOwn(tags, scope.tag)) return [];
  const { tag, image } = scope;
  return (image === undefined ? Object.keys(images) : [image]).map(image => ({ image, tag }));
}
