import { type Received, receiveDelivery } from '../domain/deliveries/receive-delivery.ts';
import type { Delivery } from '../domain/documents/delivery.ts';
import { deliveries } from './collections.ts';
import { put, type Records, refTo } from './records.ts';

/** Stores a delivery that has arrived, or finds it there, in one transaction. */
export function receive(records: Records, delivery: Delivery): Promise<Received> {
  return records.transact({ known: refTo(deliveries, delivery.source, delivery.id) }, ({ known }) => {
    const result = receiveDelivery(known, delivery);
    return { result, writes: 'delivery' in result ? [put(deliveries, result.delivery)] : [] };
  });
}
