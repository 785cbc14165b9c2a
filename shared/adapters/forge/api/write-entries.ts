import { constants } from 'node:fs';
import { mkdir, open, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Listed } from './listing.ts';

/** Writes a file that was not there. As long as links are made last, no folder on its way can be one. */
export async function writeEntry(
  root: string,
  { path, mode }: Listed,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const full = join(root, path);
  await mkdir(dirname(full), { recursive: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(full, flags, mode === '100755' ? 0o755 : 0o644);
  try {
    for await (const chunk of content) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}

export async function makeLink(root: string, { path }: Listed, target: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await symlink(target, join(root, path));
}

export async function makeFolder(root: string, { path }: Listed): Promise<void> {
  await mkdir(join(root, path), { recursive: true });
}
