import { DatabaseSync } from 'node:sqlite';
import { PermanentError } from '../../domain/permanent-error.ts';
import type { QueryShape } from '../../ports/documents.ts';
import { indexSql } from './query-sql.ts';
import { adviceFor, isBusy, isSqliteError } from './sqlite-errors.ts';

/** "hdwy" in ASCII: tells our files from those of others (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION = 0x68647779;
/** Grows when an older headway could no longer read the file. */
const VERSION = 1;

/** While opening, others may be creating the same file; afterwards the event loop must not be kept waiting. */
const OPENING_MS = 5_000;
const BUSY_MS = 20;

/**
 * `change` numbers every write of every process: the newest is the largest. A deleted document stays behind
 * without fields, so that watchers in other processes learn of it. Long values come last: what stands before
 * them is read without them.
 */
const SCHEMA = `
  CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    change INTEGER NOT NULL,
    expire_at TEXT,
    fields TEXT,
    UNIQUE (collection, key)
  ) STRICT;
  CREATE UNIQUE INDEX changes ON documents (change);
  CREATE INDEX expiring ON documents (expire_at) WHERE expire_at IS NOT NULL;
  CREATE INDEX deleted ON documents (change) WHERE fields IS NULL;
  PRAGMA application_id = ${APPLICATION};
  PRAGMA user_version = ${VERSION};
`;

/**
 * Opens the file, or makes it, ready for documents and with exactly the indexes that the queries need.
 * A commit survives a loss of power: the write-ahead log is synced to the disk by every one
 * (https://sqlite.org/pragma.html#pragma_synchronous).
 * @throws {PermanentError} when that is not possible, with what to do.
 */
export function openStateFile(path: string, queries: readonly QueryShape[]): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: OPENING_MS });
    const opened = db;
    opened.exec('BEGIN IMMEDIATE');
    if (isNew(opened, path)) opened.exec(SCHEMA);
    alignIndexes(opened, queries);
    opened.exec('COMMIT');
    useWriteAheadLog(opened);
    opened.exec(`PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA busy_timeout = ${BUSY_MS}`);
    return opened;
  } catch (error) {
    db?.close();
    if (!isSqliteError(error)) throw error;
    throw new PermanentError(`Cannot open the state file "${path}": ${adviceFor(error, path)}`, {
      cause: error,
    });
  }
}

function isNew(db: DatabaseSync, path: string): boolean {
  const application = pragma(db, 'application_id');
  const version = pragma(db, 'user_version');
  const objects = Number(db.prepare('SELECT count(*) AS objects FROM sqlite_schema').get()?.['objects']);
  if (application === 0 && version === 0 && objects === 0) return true;
  if (application !== APPLICATION) {
    throw new PermanentError(
      `Cannot open the state file "${path}": it is the database of another program, name another file`,
    );
  }
  if (version > VERSION) {
    throw new PermanentError(
      `Cannot open the state file "${path}": a newer headway made it (format ${version}, this one knows ${VERSION}), run that or name another file`,
    );
  }
  return false;
}

function alignIndexes(db: DatabaseSync, queries: readonly QueryShape[]): void {
  const wanted = new Map(queries.map(indexSql).map(({ name, sql }) => [name, sql]));
  const there = db.prepare(
    `SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND name GLOB 'query *'`,
  );
  for (const { name, sql } of there.all()) {
    if (wanted.get(String(name)) === sql) wanted.delete(String(name));
    else db.exec(`DROP INDEX "${name}"`);
  }
  for (const sql of wanted.values()) db.exec(sql);
}

/** SQLite does not wait by itself where a lock is needed that another may wait for too. */
function useWriteAheadLog(db: DatabaseSync): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let left = OPENING_MS / BUSY_MS; ; left -= 1) {
    try {
      db.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || left <= 0) throw error;
      Atomics.wait(pause, 0, 0, BUSY_MS);
    }
  }
}

function pragma(db: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
