import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path/posix';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { BuildFailure } from '../../../ports/builder.ts';

/**
 * Unpacks what was taken out of a container: a folder, or an archive of one (then the outer archive has that one
 * file). Only plain files inside of `folder` are written, whatever the archive says.
 *
 * @throws {BuildFailure} when the file is no archive.
 */
export async function unpackImage(archive: AsyncIterable<Uint8Array>, folder: string): Promise<void> {
  try {
    await eachFile(archive, async (content, name) => {
      const [, path] = /^[^/]*\/(.*)$/s.exec(name.replace(/^\.\//, '')) ?? [];
      if (path === undefined) await eachFile(content, (inner, path) => write(inner, folder, path));
      else await write(content, folder, path);
    });
  } catch (error) {
    if (!(error instanceof Error && /invalid tar|unexpected end/i.test(error.message))) throw error;
    throw new BuildFailure('Cannot read what was built: it is no tar archive', { cause: error });
  }
}

async function eachFile(
  archive: AsyncIterable<Uint8Array>,
  take: (content: Readable, name: string) => Promise<void>,
): Promise<void> {
  const entries = extract();
  const unpacking = pipeline(Readable.from(archive, { objectMode: false }), entries);
  unpacking.catch(() => {});
  for await (const entry of entries) {
    if (entry.header.type === 'file')
      await take(Readable.from(entry, { objectMode: false }), entry.header.name);
    else entry.resume();
  }
  await unpacking;
}

/** A name that leads upwards ends at the folder. */
async function write(content: Readable, folder: string, name: string): Promise<void> {
  const file = join(folder, normalize(`/${name}`));
  await mkdir(dirname(file), { recursive: true });
  await pipeline(content, createWriteStream(file));
}
