import type { DocumentReference, DocumentSnapshot, WriteBatch } from '@google-cloud/firestore';
import type { Connection } from './connection.ts';
import { columnNames } from './pack-fields.ts';
import { STORED } from './stored-names.ts';

/** What a transaction read, by path. */
export type Found = ReadonlyMap<string, DocumentSnapshot>;
export type Change = {
  readonly reference: DocumentReference;
  /** What to store; nothing deletes. */
  readonly form: Readonly<Record<string, unknown>> | undefined;
};
type Values = Readonly<Record<string, unknown>>;

/**
 * All of the changes, or none: not if a document that was read has changed since, be it written or not. What is
 * only read is held by a write that changes nothing and has the same condition. Documents that were not read are
 * replaced blindly.
 */
export function conditionalBatch(
  connection: Connection,
  { found, changes }: { readonly found: Found; readonly changes: ReadonlyMap<string, Change> },
): WriteBatch {
  const batch = connection.db.batch();
  for (const [path, { reference, form }] of changes) {
    const old = found.get(path);
    if (old === undefined) replaceBlindly(batch, reference, form);
    else if (form === undefined) batch.delete(reference, unchanged(old));
    else if (old.exists) batch.update(reference, replacing(old, form), unchanged(old));
    else batch.create(reference, form);
  }
  for (const [path, old] of found) if (!changes.has(path)) hold(old);
  return batch;

  function hold(old: DocumentSnapshot): void {
    if (!old.exists) batch.delete(old.ref, unchanged(old));
    else batch.update(old.ref, { [STORED.guard]: connection.FieldValue.delete() }, unchanged(old));
  }

  /** An update alone takes a condition, and leaves what it does not name. */
  function replacing(old: DocumentSnapshot, form: Values): Values {
    const names = [...columnNames(old.data() ?? {}), STORED.json, STORED.parts, STORED.expireAt];
    const gone = names.filter(name => !(name in form)).map(name => [name, connection.FieldValue.delete()]);
    return { ...form, ...Object.fromEntries(gone) };
  }
}

function replaceBlindly(batch: WriteBatch, reference: DocumentReference, form: Values | undefined): void {
  if (form === undefined) batch.delete(reference);
  else batch.set(reference, form);
}

function unchanged(old: DocumentSnapshot) {
  return old.updateTime === undefined ? { exists: false } : { lastUpdateTime: old.updateTime };
}
