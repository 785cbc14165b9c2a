import { z } from 'zod';
import { deliveryFromMessage, GOOGLE_TOPICS } from '../../shared/domain/deliveries/from-message.ts';
import { receiveDelivery } from '../../shared/domain/deliveries/receive-delivery.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import type { Poison } from '../../shared/domain/documents/poison.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { problem } from '../../shared/domain/problem.ts';
import { deliveries, poison } from '../../shared/records/collections.ts';
import { put, refTo, remove } from '../../shared/records/records.ts';
import { Replayed } from './answers.ts';
import { missing } from './document-routes.ts';
import { DeliverySummary } from './documents.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import type { Words } from './words.ts';

/** Reads a message again that nobody understood: a release that knows it makes a delivery of it, and it is poison no more. */
export function replayPoisonRoute({ records, configuration, hints, clock, log }: Words): Route {
  return defineRoute({
    method: 'POST',
    path: '/poison/{id}/replay',
    id: 'replayPoison',
    summary: 'Read a message again that could not be understood',
    pathParameters: z.strictObject({ id: z.string().min(1) }),
    queryParameters: nothing,
    answer: { status: 202, schema: Replayed },
    problems: [404, 422],
    handle: async ({ path: { id } }) => {
      const found = await records.get(refTo(poison, id));
      if (found === undefined) return missing('poison', [id]);
      const reading = understand(found);
      if ('problem' in reading) return problem(422, `Cannot replay poison "${id}": ${reading.problem}`);
      const delivery = await exchange(found, reading.delivery);
      if (delivery === undefined) {
        return problem(422, `Cannot replay poison "${id}": another message has its id already`);
      }
      const { source, topic, status } = delivery;
      log.info('Poison replayed', { id, source, status });
      const { collection, key } = refTo(deliveries, source, delivery.id);
      if (status === 'waiting') await hints.publish([{ topic, collection, key }]);
      return { delivery: DeliverySummary.parse(delivery) };
    },
  });

  function understand({ id, topic, message }: Poison) {
    const keepFor = milliseconds(configuration.keep.deliveries);
    // What is secret was taken out when it was buried.
    const its = { kind: GOOGLE_TOPICS[topic] ?? 'notices', now: clock.now(), keepFor, redact: asIs };
    try {
      return { delivery: deliveryFromMessage({ id, data: message }, its) };
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      return { problem: error.message };
    }
  }

  /** Poison for delivery in one transaction: none of them is lost, and none is there twice. */
  function exchange({ id }: Poison, delivery: Delivery): Promise<Delivery | undefined> {
    const known = refTo(deliveries, delivery.source, delivery.id);
    return records.transact([known], ([before]) => {
      const received = receiveDelivery(before, delivery);
      if (received.kind === 'id taken') return { result: undefined, writes: [] };
      const writes = [put(deliveries, received.delivery), remove(poison, id)];
      return { result: received.delivery, writes };
    });
  }
}

function asIs(text: string): string {
  return text;
}
