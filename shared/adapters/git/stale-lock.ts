import { rm, stat } from 'node:fs/promises';
import { setTimeout as later } from 'node:timers/promises';

/** No git process of ours holds a lock file this long: refs are written in milliseconds, after the transfer. */
const STALE_AFTER = 10_000;

/**
 * Removes the lock file that git complains of, once it is so old that whoever made it must have been killed.
 *
 * @returns whether there is a reason to try again.
 */
export async function removeStaleLock(complaint: string, folder: string): Promise<boolean> {
  const path = /Unable to create '(.+\.lock)': File exists/.exec(complaint)?.[1];
  if (path === undefined || !path.startsWith(`${folder}/`)) return false;
  for (;;) {
    const made = await stat(path).catch(() => undefined);
    if (made === undefined) return true;
    const left = made.mtimeMs + STALE_AFTER - Date.now();
    if (left <= 0) break;
    await later(Math.min(left, 250));
  }
  await rm(path, { force: true });
  return true;
}
