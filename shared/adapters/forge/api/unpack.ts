import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { PermanentError } from '../../../domain/permanent-error.ts';
import { asNodeStream } from '../../builders/layers/node-stream.ts';
import { blobHash, blobId } from './blob-id.ts';
import type { Listed, Listing } from './listing.ts';
import { writeEntry } from './write-entries.ts';

export type Unpacking = {
  readonly root: string;
  readonly listing: Listing;
  /** Whether everything in the archive is in one folder, which is left out. */
  readonly isWrapped: boolean;
  /** The most bytes that files may have together. */
  readonly most: number;
};

export type Unpacked = {
  /** The paths of the files that were written. */
  readonly files: ReadonlySet<string>;
  /** Where the links lead, by their path; none of them is made yet. */
  readonly links: ReadonlyMap<string, string>;
};

const FILES: ReadonlySet<string> = new Set(['file', 'contiguous-file']);
/** Whoever keeps larger texts does not mind their line endings. */
const MOST_TEXT = 16 * 1024 * 1024;

/**
 * Takes from an archive what the listing asks for and nothing else: a name that is not listed, a hard link, a
 * device or a name twice is passed over, and a content that has not the listed hash is not kept. So it does not
 * matter what an archive does with its names.
 */
export async function unpack(stream: Readable, unpacking: Unpacking): Promise<Unpacked> {
  const files = new Set<string>();
  const links = new Map<string, string>();
  let left = unpacking.most;
  const archive = extract();
  const reading = (async () => {
    for await (const entry of archive) {
      await take(entry.header, asNodeStream(entry));
      entry.resume();
    }
  })();
  const feeding = pipeline([stream, createGunzip(), asNodeStream(archive)]);
  // Both have ended before either error is thrown: nothing goes on in the background.
  const [fed, read] = await Promise.allSettled([feeding, reading]);
  const failed = [fed, read].filter(end => end.status === 'rejected').map(end => end.reason);
  if (failed.length > 0) throw failed.find(isTelling) ?? failed[0];
  return { files, links };

  async function take(header: Header, body: AsyncIterable<Uint8Array>): Promise<void> {
    const path = pathOf(header, unpacking.isWrapped);
    const listed = unpacking.listing.get(path);
    if (listed?.kind === 'link' && header.type === 'symlink') takeLink(listed, header.linkname ?? '');
    if (listed?.kind !== 'file' || !FILES.has(header.type ?? '') || files.has(path)) return;
    left -= header.size;
    if (left < 0) {
      const most = `${Math.round(unpacking.most / 2 ** 20)} MiB`;
      throw new PermanentError(`Cannot unpack the archive: its files have more than ${most}; use forge: git`);
    }
    if (await keep(listed, { size: header.size, body })) files.add(path);
  }

  function takeLink({ path, id }: Listed, target: string): void {
    if (blobId(Buffer.from(target), id) === id) links.set(path, target);
  }

  async function keep(
    listed: Listed,
    { size, body }: { readonly size: number; readonly body: AsyncIterable<Uint8Array> },
  ): Promise<boolean> {
    const hash = blobHash(size, listed.id);
    await writeEntry(unpacking.root, listed, hashed(body, hash));
    if (hash.digest('hex') === listed.id) return true;
    const full = join(unpacking.root, listed.path);
    if (size <= MOST_TEXT && (await isSameLines(full, listed.id))) return true;
    await rm(full);
    return false;
  }
}

async function* hashed(body: AsyncIterable<Uint8Array>, hash: ReturnType<typeof blobHash>) {
  for await (const chunk of body) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Whether only the line endings are others, as attributes ask for: `git checkout` would write the same. */
async function isSameLines(path: string, id: string): Promise<boolean> {
  const text = (await readFile(path)).toString('latin1');
  return text.includes('\r\n') && blobId(Buffer.from(text.replaceAll('\r\n', '\n'), 'latin1'), id) === id;
}

function pathOf({ name }: Header, isWrapped: boolean): string {
  const path = name.replace(/^\.\//, '');
  return isWrapped ? path.slice(path.indexOf('/') + 1) : path;
}

/** A stream that another one's end has cut off says less than what came first. */
function isTelling(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return (
    code !== 'ERR_STREAM_PREMATURE_CLOSE' && !/^Stream was destroyed|closed prematurely/.test(error.message)
  );
}
