import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'headway-build-';
/** Whoever comes after this process may have its number. */
const THIS_PROCESS = `${process.pid}-${randomUUID().slice(0, 8)}`;

/** Folders for secrets and logins, each for one build. */
export type PrivateFolders = {
  /** Does something in a new folder that only this user can read, and removes it with all that is in it. */
  within<T>(act: (folder: string) => Promise<T>): Promise<T>;
};

/** Below `root`. What a process that was killed had no time to remove is removed before the first is made. */
export function createPrivateFolders(root: string): PrivateFolders {
  let cleared: Promise<void> | undefined;
  return {
    async within(act) {
      cleared ??= clear(root);
      await cleared;
      const folder = await mkdtemp(join(root, `${PREFIX}${THIS_PROCESS}-`));
      try {
        return await act(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function clear(root: string): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const name of await readdir(root)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    const isOurs = name.startsWith(`${PREFIX}${THIS_PROCESS}-`);
    if (pid !== undefined && !isOurs && !isAnother(Number(pid)))
      await rm(join(root, name), { recursive: true, force: true });
  }
}

/** Whether a process other than this one has the number now. */
function isAnother(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
