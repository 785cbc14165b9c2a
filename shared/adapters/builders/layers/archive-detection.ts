import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import type { Node } from './tree.ts';

/** Enough for the header of a tar file, also behind a gzip header with a long name. */
const LOOK = 64 * 1024;
const TAR_MARK = { at: 257, text: 'ustar' };
const GZIP = [0x1f, 0x8b];
/** bzip2, xz and zstd, which are taken for archives without a look inside. */
const COMPRESSED = [
  [0x42, 0x5a, 0x68],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  [0x28, 0xb5, 0x2f, 0xfd],
];

/** Whether Docker's ADD would unpack the file rather than copy it. It looks at the content, not at the name. */
export async function isArchive(node: Node): Promise<boolean> {
  if (node.kind !== 'file' || node.content.in !== 'folder') return false;
  const start = await readStart(node.content.path);
  if (COMPRESSED.some(mark => startsWith(start, mark))) return true;
  return isTar(startsWith(start, GZIP) ? gunzipStart(start) : start);
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOK), 0, LOOK, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function gunzipStart(start: Buffer): Buffer {
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    // It only begins like a compressed file.
    return start;
  }
}

function isTar(bytes: Buffer): boolean {
  const { at, text } = TAR_MARK;
  return bytes.toString('latin1', at, at + text.length) === text;
}

function startsWith(bytes: Buffer, mark: readonly number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}
