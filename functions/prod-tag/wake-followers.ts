import { instant, isClaimed } from '../../shared/domain/claims.ts';
import { followersOf } from '../../shared/domain/configuration/lookups.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { services } from '../../shared/records/collections.ts';
import { type RecordRef, refTo } from '../../shared/records/records.ts';
import type { ProdTag } from './prod-tag.ts';

/** The documents of the services that follow a tag. */
export function followerRefs(
  { configuration }: ProdTag,
  { image, tag }: Pick<Tag, 'image' | 'tag'>,
): RecordRef<Service>[] {
  return followersOf(configuration, image, tag).map(({ target, service }) =>
    refTo(services, target, service),
  );
}

/** The services with a look due now; one that somebody is acting on is looked at when that ends. */
export function wake(found: readonly (Service | undefined)[], now: number): Service[] {
  return found.flatMap(service => {
    if (service === undefined) return [];
    return isClaimed(service, now) ? [] : [{ ...service, due: instant(now), attempts: 0 }];
  });
}

export async function wakeUp({ hints }: ProdTag, woken: readonly Service[]): Promise<void> {
  await hints.publish(
    woken.map(({ target, service }) => ({
      topic: 'deploys',
      collection: 'services',
      key: refTo(services, target, service).key,
    })),
  );
}
