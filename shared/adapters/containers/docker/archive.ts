import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import type { ContainerOrder } from '../../../ports/containers.ts';

type Content = Pick<ContainerOrder, 'folders' | 'files'>;

/**
 * Folders of this machine and files from memory as one tar for a container's root, made as it is read. Whoever the
 * container runs as may read all of it, and change what came from the folders: it is a copy. Symbolic links stay links.
 */
export function archiveOf({ folders = {}, files = {} }: Content): Readable {
  const tar = pack();
  const write = async () => {
    for (const [to, from] of Object.entries(folders)) await addFolder(tar, inside(to), from);
    for (const [to, content] of Object.entries(files)) tar.entry({ name: inside(to), mode: 0o444 }, content);
    tar.finalize();
  };
  write().catch(error => tar.destroy(error));
  return Readable.from(tar, { objectMode: false });
}

async function addFolder(tar: Pack, name: string, path: string): Promise<void> {
  const { mtime } = await lstat(path);
  if (name !== '') tar.entry({ name, type: 'directory', mode: 0o777, mtime });
  for (const entry of (await readdir(path)).toSorted()) {
    await add(tar, name === '' ? entry : `${name}/${entry}`, join(path, entry));
  }
}

/** Sockets, pipes and devices are left out: no commit holds any. */
async function add(tar: Pack, name: string, path: string): Promise<void> {
  const stat = await lstat(path);
  const { mtime, size } = stat;
  if (stat.isDirectory()) await addFolder(tar, name, path);
  else if (stat.isSymbolicLink()) {
    tar.entry({ name, type: 'symlink', linkname: await readlink(path), mtime });
  } else if (stat.isFile()) {
    const mode = (stat.mode & 0o100) === 0 ? 0o666 : 0o777;
    await pipeline(createReadStream(path), tar.entry({ name, mode, mtime, size }));
  }
}

/** Names in the archive are relative to the container's root. */
function inside(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
