import { builds, type Collection, deliveries, services, tags } from '../../shared/records/collections.ts';
import type { Records } from '../../shared/records/records.ts';

/** How many documents of each kind want to be looked at, each counted up to `most`. */
export async function countWaiting(records: Records, most: number) {
  const waitingIn = async <T>(collection: Collection<T>) =>
    (
      await records.query(collection, {
        where: [{ field: 'due', is: '>=', value: '' }],
        orderBy: { field: 'due', direction: 'asc' },
        limit: most,
      })
    ).length;
  return {
    deliveries: await waitingIn(deliveries),
    builds: await waitingIn(builds),
    tags: await waitingIn(tags),
    services: await waitingIn(services),
  };
}
