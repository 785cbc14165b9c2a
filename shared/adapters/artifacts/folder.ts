import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { checkArtifactPath } from '../../domain/results/artifact-path.ts';
import type { Artifacts, Streamed } from '../../ports/artifacts.ts';

/** Files on the way: on the same disk, and at no path that can be asked for. */
const DRAFTS = '.drafts';

/**
 * Files in a folder, which is made when it is first needed. A file is there whole or not at all, whatever ends the
 * process or the machine: it is written beside and renamed.
 */
export function createArtifactFolder({ root }: { readonly root: string }): Artifacts {
  const place = (path: string) => {
    checkArtifactPath(path);
    return join(root, path);
  };
  return {
    async put(path, content) {
      const file = place(path);
      const draft = join(root, DRAFTS, randomUUID());
      await Promise.all([
        mkdir(dirname(file), { recursive: true }),
        mkdir(dirname(draft), { recursive: true }),
      ]);
      try {
        await writeDurably(draft, content);
        await rename(draft, file);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },

    async get(path) {
      return await readFile(place(path)).catch(ifMissing(undefined));
    },

    async list(folder) {
      const found = await readdir(place(folder), { recursive: true, withFileTypes: true }).catch(
        ifMissing([]),
      );
      const files = found.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
      return files.map(file => relative(root, file)).toSorted();
    },

    async remove(folder) {
      const found = await stat(place(folder)).catch(ifMissing(undefined));
      if (found?.isDirectory()) await rm(place(folder), { recursive: true, force: true });
    },
  };
}

async function writeDurably(path: string, content: string | Uint8Array | Streamed): Promise<void> {
  const file = await open(path, 'wx');
  try {
    const isWhole = typeof content === 'string' || content instanceof Uint8Array;
    await file.writeFile(isWhole ? content : content.content());
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file where a folder would have to be, or the other way round, is nothing of that name either. */
function ifMissing<T>(otherwise: T): (error: NodeJS.ErrnoException) => T {
  return error => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return otherwise;
    throw error;
  };
}
