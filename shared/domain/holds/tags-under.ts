import type { Configuration } from '../configuration/schema.ts';
import type { HoldScope } from '../documents/hold.ts';
import type { Service } from '../documents/service.ts';
import type { Tag } from '../documents/tag.ts';
import { covers } from './judge-holds.ts';

export type TagName = Pick<Tag, 'image' | 'tag'>;

/**
 * The tags that a hold is over, each once: its own, and those that a service under it follows. With the services that
 * the configuration does not name, where some were found at their targets.
 */
export function tagsUnder(
  { tags, services }: Pick<Configuration, 'tags' | 'services'>,
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
  const byName = new Map([...own, ...followed].map(each => [`${each.image}:${each.tag}`, each]));
  return [...byName.values()];
}
