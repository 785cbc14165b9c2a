import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { DocumentReference } from '@google-cloud/firestore';
import { z } from 'zod';
import type { Connection } from './connection.ts';
import { PARTS, STORED } from './stored-names.ts';

/** Names one generation of parts: no two writes share one, so that whoever is named is never overwritten. */
export const Parts = z.object({ id: z.string(), count: z.int().min(1) });
export type Parts = z.infer<typeof Parts>;

/** A document may be 1 MiB, name and all (https://firebase.google.com/docs/firestore/quotas). */
export const LARGEST_PIECE = 900_000;
/** Firestore deletes what expired in no order: parts must not go before the document that names them. */
const EXPIRE_LATER_MS = 7 * 86_400_000;

/** Stores a text below the document, compressed, in pieces; it is there when the document comes to name it. */
export async function storeLargeText(
  connection: Connection,
  reference: DocumentReference,
  { text, expireAt }: { readonly text: string; readonly expireAt: number | undefined },
): Promise<Parts> {
  const bytes = await promisify(gzip)(text);
  const parts = { id: randomUUID(), count: Math.ceil(bytes.length / LARGEST_PIECE) };
  const expiry = expireAt === undefined ? {} : { [STORED.expireAt]: later(connection, expireAt) };
  const pieces = partsOf(reference, parts).map((part, i) =>
    part.create({ [STORED.bytes]: bytes.subarray(i * LARGEST_PIECE, (i + 1) * LARGEST_PIECE), ...expiry }),
  );
  await Promise.all(pieces);
  return parts;
}

/** The text, or nothing where a piece is gone: the document has been replaced since it was read. */
export async function readLargeText(
  { db }: Connection,
  reference: DocumentReference,
  parts: Parts,
): Promise<string | undefined> {
  const pieces = await db.getAll(...partsOf(reference, parts));
  const bytes = pieces.map(piece => piece.get(STORED.bytes)).filter(Buffer.isBuffer);
  if (bytes.length < parts.count) return undefined;
  return (await promisify(gunzip)(Buffer.concat(bytes))).toString();
}

export async function deleteLargeText(reference: DocumentReference, parts: Parts): Promise<void> {
  await Promise.all(partsOf(reference, parts).map(part => part.delete()));
}

function partsOf(reference: DocumentReference, { id, count }: Parts): DocumentReference[] {
  return Array.from({ length: count }, (_, i) => reference.collection(PARTS).doc(`${id}-${i}`));
}

function later({ Timestamp }: Connection, expireAt: number) {
  return Timestamp.fromMillis(expireAt + EXPIRE_LATER_MS);
}
