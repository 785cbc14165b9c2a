import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentSnapshot } from '@google-cloud/firestore';
import type { Decision, Fields, Judge, Ref, Write } from '../../../ports/documents.ts';
import { type Change, conditionalBatch, type Found } from './conditional-batch.ts';
import { type Connection, pathOf, referenceOf } from './connection.ts';
import { isConflict } from './errors.ts';
import { deleteLargeText } from './large-text.ts';
import { packFields } from './pack-fields.ts';
import { fieldsOf, partsNamedBy, Replaced, storedForm } from './stored-form.ts';

/** Enough for many writers of one document: in every round one of them is through. */
const MOST_TRIES = 100;
const FIRST_PAUSE_MS = 20;
/** Short, so that those who have tried often do not fall behind those who have just come. */
const LONGEST_PAUSE_MS = 80;

export type Transaction<R> = {
  readonly refs: readonly Ref[];
  readonly judge: Judge<R>;
  /** At least 0 and below 1. */
  readonly chance: () => number;
};

/**
 * Optimistic: reads, judges, and stores under the condition that nothing that was read has changed since; else
 * it begins again after a pause. No lock is held, so nobody waits for one who is slow or gone. Returns the
 * decision that was stored.
 */
export async function transact<R>(
  connection: Connection,
  { refs, judge, chance }: Transaction<R>,
): Promise<Decision<R>> {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const outcome = await attempt(connection, refs, judge);
    if (outcome !== 'conflict') return outcome;
    await pause(chance() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1)));
  }
  const names = refs.map(ref => `"${pathOf(ref)}"`).join(', ');
  throw new Error(`Cannot change ${names}: others changed it ${MOST_TRIES} times meanwhile, try again later`);
}

async function attempt<R>(
  connection: Connection,
  refs: readonly Ref[],
  judge: Judge<R>,
): Promise<Decision<R> | 'conflict'> {
  const found = await read(connection, refs);
  const documents = await documentsOf(connection, found);
  if (documents === 'conflict') return 'conflict';
  const decision = judge(refs.map(ref => documents.get(pathOf(ref))));
  // Reads of one request are of one moment, so that without writes there is nothing to hold on to.
  if (decision.writes.length === 0) return decision;
  const changes = await changesOf(connection, decision.writes);
  try {
    await conditionalBatch(connection, { found, changes }).commit();
  } catch (error) {
    // What was stored beside the documents stays: a commit whose answer was lost looks like a conflict too.
    if (isConflict(error)) return 'conflict';
    throw error;
  }
  await deleteReplaced(found, changes);
  return decision;
}

async function read(connection: Connection, refs: readonly Ref[]): Promise<Found> {
  const references = new Map(refs.map(ref => [pathOf(ref), referenceOf(connection, ref)]));
  if (references.size === 0) return new Map();
  const snapshots = await connection.db.getAll(...references.values());
  return new Map(snapshots.map(snapshot => [snapshot.ref.path, snapshot]));
}

async function documentsOf(
  connection: Connection,
  found: Found,
): Promise<ReadonlyMap<string, Fields | undefined> | 'conflict'> {
  try {
    const fields = [...found.values()].map(snapshot => fieldsOf(connection, snapshot));
    const all = await Promise.all(fields);
    return new Map([...found.keys()].map((path, i) => [path, all[i]]));
  } catch (error) {
    if (error instanceof Replaced) return 'conflict';
    throw error;
  }
}

/** Everything is turned to text before anything is stored. Of several writes of one document the last counts. */
async function changesOf(connection: Connection, writes: readonly Write[]): Promise<Map<string, Change>> {
  const packed = writes.map(({ ref, fields }) => ({ ref, packed: fields && packFields(fields) }));
  const last = new Map(packed.map(write => [pathOf(write.ref), write]));
  const changes = [...last].map(async ([path, { ref, packed }]) => {
    const reference = referenceOf(connection, ref);
    return [path, { reference, form: packed && (await storedForm(connection, reference, packed)) }] as const;
  });
  return new Map(await Promise.all(changes));
}

/** Large texts that no document names any more. One that stays behind harms nobody, so a failure is let be. */
async function deleteReplaced(found: Found, changes: ReadonlyMap<string, Change>): Promise<void> {
  const replaced = [...changes.keys()].map(path => found.get(path)).map(deleteTextOf);
  await Promise.allSettled(replaced);
}

async function deleteTextOf(snapshot: DocumentSnapshot | undefined): Promise<void> {
  const parts = partsNamedBy(snapshot?.data());
  if (snapshot !== undefined && parts !== undefined) await deleteLargeText(snapshot.ref, parts);
}
