import type { DocumentSnapshot, Query as FirestoreQuery } from '@google-cloud/firestore';
import type { Query } from '../../../ports/documents.ts';
import { pageGone } from '../declared-query.ts';
import { type Connection, referenceOf } from './connection.ts';

/** The documents that a query finds, in its order; ties are in the order of the keys, as Firestore's indexes are. */
export async function find(connection: Connection, query: Query): Promise<readonly DocumentSnapshot[]> {
  const { collection, where = [], orderBy, limit, after } = query;
  const key = connection.FieldPath.documentId();
  let asked: FirestoreQuery = connection.db.collection(collection);
  for (const { field, is, value } of where) asked = asked.where(field, is, value);
  if (orderBy !== undefined) asked = asked.orderBy(orderBy.field, orderBy.direction);
  asked = asked.orderBy(key, orderBy?.direction ?? 'asc');
  if (after !== undefined) asked = asked.startAfter(...(await positionOf(connection, query, after)));
  return (await asked.limit(limit).get()).docs;
}

async function positionOf(
  connection: Connection,
  { collection, orderBy }: Query,
  after: string,
): Promise<unknown[]> {
  const snapshot = await referenceOf(connection, { collection, key: after }).get();
  if (!snapshot.exists) throw pageGone({ collection, key: after });
  if (orderBy === undefined) return [after];
  const value: unknown = snapshot.get(orderBy.field);
  if (value === undefined) throw pageGone({ collection, key: after });
  return [value, after];
}
