import type { QueryShape } from '../ports/documents.ts';

export type CompositeIndex = {
  readonly collection: string;
  /** In the order of the index; Firestore itself adds the document's name, in the direction of the last field. */
  readonly fields: readonly { readonly field: string; readonly order: 'ASCENDING' | 'DESCENDING' }[];
};

/**
 * The composite indexes that Firestore needs for the queries, each once: the fields that are compared for
 * equality, by name, then the one that orders. Firestore keeps an index for each single field by itself, and
 * joins those where fields are compared for equality only, so that such queries need none
 * (https://firebase.google.com/docs/firestore/query-data/index-overview).
 *
 * A field of a shape that also orders may be compared for a range; every other is compared for equality.
 */
export function compositeIndexes(queries: readonly QueryShape[]): CompositeIndex[] {
  const indexes = queries.flatMap(indexOf);
  return [...new Map(indexes.map(index => [JSON.stringify(index), index])).values()];
}

function indexOf({ collection, where, orderBy }: QueryShape): CompositeIndex[] {
  const equal = [...new Set(where)].filter(field => field !== orderBy?.field).sort();
  if (orderBy === undefined || equal.length === 0) return [];
  const order = orderBy.direction === 'asc' ? 'ASCENDING' : 'DESCENDING';
  return [
    {
      collection,
      fields: [
        ...equal.map(field => ({ field, order: 'ASCENDING' }) as const),
        { field: orderBy.field, order },
      ],
    },
  ];
}
