import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PermanentError } from '../../shared/domain/permanent-error.ts';

/** Where the one-machine host keeps everything that it must not forget. */
export type StateFolder = {
  readonly path: string;
  /** The documents. */
  readonly database: string;
  /** The embedded registry's content. */
  readonly registry: string;
  /** Mirrors and checkouts of repos. */
  readonly repos: string;
  /** Clones of manifest repositories. */
  readonly manifests: string;
  /** What builds and gates leave behind: made when there is something. */
  readonly artifacts: string;
  /** Held by the one host that serves this folder. */
  readonly lock: string;
  /** Where a running host says its address, until it is told to stop. */
  readonly address: string;
  /** What changes need on the API: made on first start, readable by its owner only. */
  readonly token: string;
};

/** Makes the folder if it is not there. @throws {PermanentError} when that cannot be done. */
export function openStateFolder(path: string): StateFolder {
  try {
    for (const folder of ['', 'registry', 'repos', 'manifests'])
      mkdirSync(join(path, folder), { recursive: true });
    return {
      path,
      database: join(path, 'state.sqlite'),
      registry: join(path, 'registry'),
      repos: join(path, 'repos'),
      manifests: join(path, 'manifests'),
      artifacts: join(path, 'artifacts'),
      lock: join(path, 'lock.sqlite'),
      address: join(path, 'address.json'),
      token: ownersToken(join(path, 'token')),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PermanentError(
      `Cannot use the state folder "${path}": ${reason}; make it a folder that this user may write, or name another with --state`,
      { cause: error },
    );
  }
}

/** Whether the host before this one ended without having been told to. */
export function wasKilled({ address }: StateFolder): boolean {
  return existsSync(address);
}

/** Says where the host answers, for the other commands; returns the function that takes it back. */
export function publishAddress({ address }: StateFolder, url: string): () => void {
  writeWhole(address, JSON.stringify({ url, pid: process.pid }));
  return () => rmSync(address, { force: true });
}

/** A file without content, which a crash may have left behind, would be a token that nothing fits. */
function ownersToken(file: string): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) writeWhole(file, randomBytes(24).toString('base64url'));
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim();
}

/** For its owner only, and never there by halves, whatever ends the process. */
function writeWhole(file: string, line: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${line}\n`, { mode: 0o600, flush: true });
  renameSync(draft, file);
}
