import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../shared/adapters/registry/content-digest.ts';
import type { Digest } from '../../../shared/domain/names/digest.ts';
import { ifThere, moveDurably, writeDurably } from './durable-files.ts';

/** Bytes by their digest, shared by all repositories. What is here is whole and fits its digest. */
export type ContentStore = {
  /** In bytes; `undefined` when it is not there. */
  size(digest: Digest): Promise<number | undefined>;
  open(digest: Digest): Promise<FileHandle | undefined>;
  read(digest: Digest): Promise<Uint8Array | undefined>;
  write(bytes: Uint8Array): Promise<Digest>;
  /** Takes over a file that is on disk and whose digest was checked. */
  adopt(digest: Digest, path: string): Promise<void>;
};

export function createContentStore({
  root,
  drafts,
}: {
  readonly root: string;
  readonly drafts: string;
}): ContentStore {
  return {
    size: async digest => (await ifThere(stat(pathOf(digest))))?.size,
    open: digest => ifThere(open(pathOf(digest), 'r')),
    read: digest => ifThere(readFile(pathOf(digest))),
    async write(bytes) {
      const digest = digestOf(bytes);
      const known = await ifThere(stat(pathOf(digest)));
      if (known === undefined) await writeDurably(pathOf(digest), bytes, { drafts });
      return digest;
    },
    async adopt(digest, path) {
      const known = await ifThere(stat(pathOf(digest)));
      if (known === undefined) await moveDurably(path, pathOf(digest));
      else await rm(path, { force: true });
    },
  };

  function pathOf(digest: Digest): string {
    const hex = digest.slice('sha256:'.length);
    return join(root, 'sha256', hex.slice(0, 2), hex);
  }
}
