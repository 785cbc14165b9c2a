import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import type { ContainerOrder } from '../../../ports/containers.ts';
import { tarOwner } from '../../archives/tar-owner.ts';

type Content = Pick<ContainerOrder, 'folders' | 'files'>;

/** Where entries go, and the number of the user whose they are. */
type Folders = { readonly tar: Pack; readonly uid: number };

/**
 * Folders of this machine and files from memory as one tar for a container's root, made as it is read. What came from
 * the folders is a copy, has the modes of a commit, and belongs to the user that the container runs as; the files may be
 * read by anybody there. Symbolic links stay links.
 *
 * @param uid the user's number.
 */
export function archiveOf({ folders = {}, files = {} }: Content, uid: number): Readable {
  const tar = pack();
  const write = async () => {
    for (const [to, from] of Object.entries(folders)) await addFolder({ tar, uid }, inside(to), from);
    for (const [to, content] of Object.entries(files)) tar.entry({ name: inside(to), mode: 0o444 }, content);
    tar.finalize();
  };
  write().catch(error => tar.destroy(error));
  return Readable.from(tar, { objectMode: false });
}

async function addFolder(its: Folders, name: string, path: string): Promise<void> {
  const { mtime } = await lstat(path);
  if (name !== '') its.tar.entry({ name, type: 'directory', mode: 0o755, mtime, ...tarOwner(its.uid, 0) });
  for (const entry of (await readdir(path)).toSorted()) {
    await add(its, name === '' ? entry : `${name}/${entry}`, join(path, entry));
  }
}

/** Sockets, pipes and devices are left out: no commit holds any. */
async function add(its: Folders, name: string, path: string): Promise<void> {
  const { tar, uid } = its;
  const stat = await lstat(path);
  const { mtime, size } = stat;
  if (stat.isDirectory()) await addFolder(its, name, path);
  else if (stat.isSymbolicLink()) {
    tar.entry({ name, type: 'symlink', linkname: await readlink(path), mtime, ...tarOwner(uid, 0) });
  } else if (stat.isFile()) {
    const mode = (stat.mode & 0o100) === 0 ? 0o644 : 0o755;
    await pipeline(createReadStream(path), tar.entry({ name, mode, mtime, size, ...tarOwner(uid, 0) }));
  }
}

/** Names in the archive are relative to the container's root. */
function inside(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
