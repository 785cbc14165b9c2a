import { instant, isClaimed } from '../../shared/domain/claims.ts';
import { followersOf } from '../../shared/domain/configuration/lookups.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { services } from '../../shared/records/collections.ts';
import { type RecordRef, refTo } from '../../shared/records/records.ts';
import type { ProdTag } from './prod-tag.ts';

/** The documents of the services that follow a tag: those that the configuration names, and those found at a target. */
export async function followerRefs(
  its: ProdTag,
  { image, tag }: Pick<Tag, 'image' | 'tag'>,
): Promise<RecordRef<Service>[]> {
  const named = followersOf(its.configuration, image, tag);
  const found = discovers(its) ? await discoveredFollowers(its, { image, tag }) : [];
  return [...named, ...found].map(({ target, service }) => refTo(services, target, service));
}

function discovers({ configuration }: ProdTag): boolean {
  return Object.values(configuration.targets).some(
    target => 'discover' in target && target.discover !== 'off',
  );
}

/** More than a thousand that nobody named get their look from the next survey. */
async function discoveredFollowers(
  { records }: ProdTag,
  { image, tag }: Pick<Tag, 'image' | 'tag'>,
): Promise<Service[]> {
  const followers = await records.query(services, {
    where: [
      { field: 'image', is: '==', value: image },
      { field: 'tag', is: '==', value: tag },
    ],
    limit: 1_000,
  });
  return followers.filter(({ discovered }) => discovered === true);
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
