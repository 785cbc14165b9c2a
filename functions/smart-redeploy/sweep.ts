import { instant } from '../../shared/domain/claims.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hint, Hints } from '../../shared/ports/hints.ts';
import {
  builds,
  type Collection,
  deliveries,
  keyOf,
  services,
  tags,
} from '../../shared/records/collections.ts';
import type { Records } from '../../shared/records/records.ts';

/** How many due documents of a kind one sweep asks for; what is left is still due at the next. */
const AT_ONCE = 500;

/**
 * Publishes a hint for every document that is due: what waits, what failed, what a crashed worker left behind,
 * and every hint that was lost. Returns how many.
 */
export async function sweep({
  records,
  hints,
  clock,
}: {
  records: Records;
  hints: Hints;
  clock: Clock;
}): Promise<number> {
  const now = instant(clock.now());
  const due = async <T>(
    collection: Collection<T>,
    hint: (document: T, key: string) => Hint,
  ): Promise<Hint[]> => {
    const found = await records.query(collection, {
      where: [{ field: 'due', is: '<=', value: now }],
      orderBy: { field: 'due', direction: 'asc' },
      limit: AT_ONCE,
    });
    return found.map(document => hint(document, keyOf(collection.parts(document))));
  };
  const found = await Promise.all([
    due(deliveries, ({ topic }, key) => ({ topic, collection: 'deliveries', key })),
    due(builds, (_, key) => ({ topic: 'builds', collection: 'builds', key })),
    due(tags, (_, key) => ({ topic: 'tags', collection: 'tags', key })),
    due(services, (_, key) => ({ topic: 'deploys', collection: 'services', key })),
  ]);
  const hintsDue = found.flat();
  await hints.publish(hintsDue);
  return hintsDue.length;
}
