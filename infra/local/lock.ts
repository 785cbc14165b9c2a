import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { adviceFor, isBusy, isSqliteError } from '../../shared/adapters/documents/sqlite-errors.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import type { StateFolder } from './state-folder.ts';

/**
 * One host a state folder: SQLite's own file lock, which the kernel takes back however the process ends.
 *
 * @returns the function that lets go.
 * @throws {PermanentError} when another host serves the folder, or its lock file cannot be used.
 */
export function lockStateFolder(folder: StateFolder): () => void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(folder.lock, { timeout: 200 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS host (pid)');
  } catch (error) {
    database?.close();
    throw new PermanentError(`Cannot serve "${folder.path}": ${reasonOf(error, folder)}`, { cause: error });
  }
  const held = database;
  return () => held.close();
}

function reasonOf(error: unknown, { lock, address }: StateFolder): string {
  if (isBusy(error)) {
    const said = existsSync(address) ? readFileSync(address, 'utf8') : '';
    const url = /"url":"([^"]+)"/.exec(said)?.[1];
    const where = url === undefined ? '' : ` at ${url}`;
    return `another headway serves it already${where}; stop that one, or name another folder with --state`;
  }
  if (isSqliteError(error)) return `the lock file "${lock}" cannot be used: ${adviceFor(error, lock)}`;
  return error instanceof Error ? error.message : String(error);
}
