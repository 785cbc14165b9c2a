import { z } from 'zod';
import { instant } from '../../shared/domain/claims.ts';
import { replayDelivery } from '../../shared/domain/deliveries/replay-delivery.ts';
import { deliveries } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { Replayed } from './answers.ts';
import { missing } from './document-routes.ts';
import { DeliverySummary } from './documents.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import type { Words } from './words.ts';

/** Drives a stored delivery once more, as if it had just come. Repeats are harmless, so it always may. */
export function replayRoute({ records, hints, clock, log }: Words): Route {
  return defineRoute({
    method: 'POST',
    path: '/deliveries/{source}/{id}/replay',
    id: 'replayDelivery',
    summary: 'Handle a stored delivery once more',
    pathParameters: z.strictObject({ source: z.string().min(1), id: z.string().min(1) }),
    queryParameters: nothing,
    answer: { status: 202, schema: Replayed },
    problems: [404],
    handle: async ({ path: { source, id } }) => {
      const ref = refTo(deliveries, source, id);
      const delivery = await records.transact([ref], ([found]) => {
        if (found === undefined) return { result: undefined, writes: [] };
        const again = replayDelivery(found, instant(clock.now()));
        return { result: again, writes: [put(deliveries, again)] };
      });
      if (delivery === undefined) return missing('deliveries', [source, id]);
      log.info('Delivery replayed', { source, id });
      await hints.publish([{ topic: delivery.topic, collection: ref.collection, key: ref.key }]);
      return { delivery: DeliverySummary.parse(delivery) };
    },
  });
}
