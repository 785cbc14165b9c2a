import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What `node:sqlite` throws; the codes are SQLite's own: https://sqlite.org/rescode.html */
export type SqliteError = Error & { readonly errcode: number; readonly errstr: string };

const BUSY = 5;
const CANNOT_OPEN = 14;

/** What to do about an error on opening, by primary result code. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [3, 'this user may not write it, change its owner or its permissions'],
  [BUSY, 'another program keeps it locked, stop that program'],
  [8, 'this user may not write it, change its owner or its permissions'],
  [10, 'the disk reports an error, check the disk and its free space'],
  [11, 'it is damaged, put a backup in its place or move it away to begin afresh'],
  [13, 'the disk is full, free some space'],
  [26, 'it is not an SQLite database, name another file or move it away to begin afresh'],
]);

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

/** Another process writes; it passes. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && primary(error) === BUSY;
}

/** Why a state file cannot be opened and what to do, as the end of a sentence. */
export function adviceFor(error: SqliteError, path: string): string {
  if (primary(error) === CANNOT_OPEN) return adviceForPath(path);
  return ADVICE.get(primary(error)) ?? `SQLite says "${error.errstr}"`;
}

function adviceForPath(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return 'it is a folder, name a file in it';
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    return `the folder "${folder}" is not there, create it or name another`;
  }
  return 'this user may not read or write it or its folder, change their owner or permissions';
}

/** Extended codes keep the primary one in the lowest byte. */
function primary(error: SqliteError): number {
  return error.errcode & 0xff;
}
