import type { HttpAnswer } from '../../shared/ports/http.ts';
import { tags } from '../../shared/records/collections.ts';
import type { Records } from '../../shared/records/records.ts';

/** Whether the documents can be read: what a load balancer wants to know, and no more. */
export async function health(records: Records): Promise<HttpAnswer> {
  await records.query(tags, { limit: 1 });
  return {
    status: 200,
    headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' },
    body: 'ok\n',
  };
}
