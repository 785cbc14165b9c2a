import { existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import type { StateFolder } from './state-folder.ts';

/**
 * One host a state folder: SQLite's own file lock, which the kernel takes back however the process ends.
 *
 * @returns the function that lets go.
 * @throws {PermanentError} when another host serves the folder.
 */
export function lockStateFolder({ lock, address, path }: StateFolder): () => void {
  const database = new DatabaseSync(lock, { timeout: 200 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS host (pid)');
  } catch (error) {
    database.close();
    const where = existsSync(address) ? ` (${readFileSync(address, 'utf8').trim()})` : '';
    throw new PermanentError(
      `Cannot serve "${path}": another headway${where} serves it already; stop that one, or name another folder with --state`,
      { cause: error },
    );
  }
  return () => database.close();
}
