import { createHash, type Hash } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import type { Digest } from '../../../domain/names/digest.ts';
import { tarOwner } from '../../archives/tar-owner.ts';
import { asNodeStream } from './node-stream.ts';
import type { File, Tree } from './tree.ts';

export type LayerArchive = {
  /** Of the archive as it is stored, compressed. */
  readonly digest: Digest;
  readonly size: number;
  /** Of the archive uncompressed, as configurations name it. */
  readonly diffId: Digest;
};

type Header = Parameters<Pack['entry']>[0];

/** The largest time that every reader of tar headers understands. */
const LATEST = 2 ** 31 - 1;

/**
 * Writes a tree as a gzipped archive. Equal trees of equal contents at equal epochs give equal bytes: entries are
 * sorted, every time is the epoch, and there are no names of owners. Bytes are hashed as they are written.
 */
export async function writeLayer(
  entries: Tree,
  to: { readonly file: string; readonly epoch: number; readonly signal: AbortSignal },
): Promise<LayerArchive> {
  const { file, epoch, signal } = to;
  const mtime = new Date(Math.min(Math.max(Math.floor(epoch / 1000), 0), LATEST) * 1000);
  const archive = pack();
  const plain = createHash('sha256');
  const compressed = createHash('sha256');
  let size = 0;
  const writing = pipeline(
    asNodeStream(archive),
    hashed(plain),
    createGzip({ level: 6 }),
    hashed(compressed, length => {
      size += length;
    }),
    createWriteStream(file),
    { signal },
  );
  const filling = fill(archive, entries, { mtime, signal });
  // Both have ended before either error is thrown: nothing goes on in the background.
  const [filled, written] = await Promise.allSettled([filling, writing]);
  signal.throwIfAborted();
  if (filled.status === 'rejected') throw filled.reason;
  if (written.status === 'rejected') throw written.reason;
  return { digest: digestOf(compressed), size, diffId: digestOf(plain) };
}

async function fill(
  archive: Pack,
  entries: Tree,
  { mtime, signal }: { readonly mtime: Date; readonly signal: AbortSignal },
): Promise<void> {
  try {
    for (const [path, node] of [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (node.kind === 'special') continue;
      const header = { name: path, mtime, ...tarOwner(node.uid, node.gid) };
      if (node.kind === 'directory') archive.entry({ ...header, type: 'directory', mode: node.mode });
      if (node.kind === 'symlink') {
        archive.entry({ ...header, type: 'symlink', mode: 0o777, linkname: node.target });
      }
      if (node.kind === 'file')
        await addFile(archive, { ...header, type: 'file', mode: node.mode }, { node, signal });
    }
    archive.finalize();
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

async function addFile(
  archive: Pack,
  header: Header & { readonly type: 'file' },
  { node, signal }: { readonly node: File; readonly signal: AbortSignal },
): Promise<void> {
  if (node.content.in !== 'folder')
    throw new Error(`Cannot write "${header.name}": its content is not on this disk`);
  // A file that has become a link since the folder was read is not followed.
  const file = await open(node.content.path, constants.O_RDONLY | constants.O_NOFOLLOW);
  const entry = archive.entry({ ...header, size: node.size });
  await pipeline(file.createReadStream(), asNodeStream(entry), { signal });
}

function hashed(hash: Hash, onLength: (length: number) => void = () => {}) {
  return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      onLength(chunk.length);
      yield chunk;
    }
  };
}

function digestOf(hash: Hash): Digest {
  return `sha256:${hash.digest('hex')}`;
}
