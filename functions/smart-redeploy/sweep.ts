import { instant } from '../../shared/domain/claims.ts';
import { Topic } from '../../shared/domain/documents/waiting.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hint, Hints } from '../../shared/ports/hints.ts';
import {
  builds,
  type Collection,
  deliveries,
  gates,
  promotions,
  services,
  tags,
} from '../../shared/records/collections.ts';
import type { Records } from '../../shared/records/records.ts';

/** How many due documents of a kind one sweep asks for; the next goes on behind them. */
const AT_ONCE = 500;

type Sweep = {
  readonly records: Records;
  readonly hints: Hints;
  readonly clock: Clock;
  /** Kept from one sweep to the next: where one stopped short, by collection. Without it each begins at the oldest. */
  readonly stops?: Map<string, string>;
};

/**
 * Publishes a hint for every document that is due: what waits, what failed, what a crashed worker left behind,
 * and every hint that was lost. Returns how many. One document that cannot be understood holds up no other, nor do
 * many that stay due, such as those that wait for a full builder.
 */
export async function sweep({ records, hints, clock, stops = new Map() }: Sweep): Promise<number> {
  const now = instant(clock.now());
  const due = async <T>(collection: Collection<T>, topic: Topic | undefined): Promise<Hint[]> => {
    const { name } = collection;
    const after = stops.get(name);
    stops.delete(name);
    const find = (from: { readonly after?: string }) =>
      records.find(collection, {
        where: [{ field: 'due', is: '<=', value: now }],
        orderBy: { field: 'due', direction: 'asc' },
        limit: AT_ONCE,
        ...from,
      });
    // What it stopped at may be due no more, or gone: then it begins again.
    const found = await (after === undefined ? find({}) : find({ after }).catch(() => find({})));
    const last = found.at(-1);
    if (last !== undefined && found.length === AT_ONCE) stops.set(name, last.key);
    return found.flatMap(({ key, fields }) => {
      const to = topic ?? Topic.safeParse(fields['topic']).data;
      return to === undefined ? [] : [{ topic: to, collection: name, key }];
    });
  };
  const found = await Promise.all([
    due(deliveries, undefined),
    due(builds, 'builds'),
    due(tags, 'tags'),
    due(services, 'deploys'),
    due(promotions, 'promotions'),
    due(gates, 'gates'),
  ]);
  const hintsDue = found.flat();
  await hints.publish(hintsDue);
  return hintsDue.length;
}
