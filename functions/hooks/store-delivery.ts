import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import { deliveries } from '../../shared/records/collections.ts';
import { receive } from '../../shared/records/receive.ts';
import { refTo } from '../../shared/records/records.ts';
import type { Hooks } from './hooks.ts';

/**
 * Stores a delivery in one transaction, or counts it as a repeat of one that is there, and tells who has to look.
 *
 * @throws whatever kept it from being stored.
 */
export async function storeDelivery(its: Hooks, arrived: Delivery): Promise<{ isNew: boolean; id: string }> {
  let received = await receive(its.records, arrived);
  if (received.kind === 'id taken') received = await receive(its.records, withOwnId(its, arrived));
  if (received.kind === 'id taken') {
    throw new Error(`Cannot store delivery "${arrived.id}": another one has its id`);
  }
  const { kind, delivery } = received;
  const { source, id, event, status } = delivery;
  its.log.info('Webhook stored', { source, id, event, status, verdict: kind });
  const isNew = kind === 'stored';
  if (kind === 'driven again' || (isNew && delivery.due !== undefined)) await publish(its, delivery);
  return { isNew, id };
}

/** For a sender that gives different payloads one id. */
function withOwnId({ signatures }: Hooks, delivery: Delivery): Delivery {
  const content = new TextEncoder().encode(`${delivery.event}\n${delivery.body}`);
  return { ...delivery, id: `${delivery.id}.${signatures.sha256(content)}` };
}

/** The hint only makes it fast: the delivery is due, so that the sweep finds it without. */
async function publish({ hints, log }: Hooks, { source, id, topic }: Delivery): Promise<void> {
  const { collection, key } = refTo(deliveries, source, id);
  try {
    await hints.publish([{ topic, collection, key }]);
  } catch (error) {
    log.warn('Hint not published', { source, id, error });
  }
}
