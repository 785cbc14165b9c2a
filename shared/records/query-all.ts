import type { Condition } from '../ports/documents.ts';
import { type Collection, keyOf } from './collections.ts';
import type { Records } from './records.ts';

const PAGE = 1_000;

/** Every document that a query finds, in the order of their keys, a page at a time. */
export async function queryAll<T>(
  records: Records,
  collection: Collection<T>,
  where: readonly Condition[],
): Promise<T[]> {
  const found: T[] = [];
  for (;;) {
    const last = found.at(-1);
    const after = last === undefined ? undefined : keyOf(collection.parts(last));
    const page = await records.query(collection, {
      where,
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}
