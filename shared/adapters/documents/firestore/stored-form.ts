import type { DocumentReference, DocumentSnapshot } from '@google-cloud/firestore';
import type { Fields } from '../../../ports/documents.ts';
import type { Connection } from './connection.ts';
import { LARGEST_PIECE, Parts, readLargeText, storeLargeText } from './large-text.ts';
import { type Packed, unpackFields } from './pack-fields.ts';
import { STORED } from './stored-names.ts';

/** A document was replaced between reading it and reading its parts; who reads it again finds it whole. */
export class Replaced extends Error {
  override name = 'Replaced';
}

/** What Firestore is to store for the fields. A text too large for it is stored beside it here and now. */
export async function storedForm(
  connection: Connection,
  reference: DocumentReference,
  { columns, rest }: Packed,
): Promise<Record<string, unknown>> {
  const expireAt = expiryOf(columns['expireAt']);
  const timestamp = expireAt === undefined ? undefined : connection.Timestamp.fromMillis(expireAt);
  return {
    ...columns,
    ...(timestamp !== undefined && { [STORED.expireAt]: timestamp }),
    ...(rest !== undefined && (await placed(rest))),
    [STORED.changedAt]: connection.FieldValue.serverTimestamp(),
  };

  async function placed(text: string): Promise<Record<string, unknown>> {
    if (Buffer.byteLength(text) <= LARGEST_PIECE) return { [STORED.json]: text };
    return { [STORED.parts]: await storeLargeText(connection, reference, { text, expireAt }) };
  }
}

/** @throws {Replaced} */
export async function fieldsOf(
  connection: Connection,
  snapshot: DocumentSnapshot,
): Promise<Fields | undefined> {
  const stored = snapshot.data();
  if (stored === undefined) return undefined;
  const parts = partsNamedBy(stored);
  if (parts === undefined) return unpackFields(stored, textOf(stored[STORED.json]));
  const rest = await readLargeText(connection, snapshot.ref, parts);
  if (rest !== undefined) return unpackFields(stored, rest);
  throw new Replaced(`Cannot read "${snapshot.ref.path}": parts of it are gone, restore or delete it`);
}

export function partsNamedBy(stored: Readonly<Record<string, unknown>> | undefined): Parts | undefined {
  return Parts.safeParse(stored?.[STORED.parts]).data;
}

/** Milliseconds since the Unix epoch. */
function expiryOf(text: unknown): number | undefined {
  const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
