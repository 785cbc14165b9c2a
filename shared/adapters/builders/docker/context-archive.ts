import { createReadStream } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import { readContext } from '../layers/context.ts';
import type { Node } from '../layers/tree.ts';

/** The build context as the engine takes it, and the text of the Dockerfile in it. */
export type ContextArchive = { readonly dockerfile: string; readonly tar: Readable };

/**
 * What `.dockerignore` leaves of the context, as a tar that is the same for the same commit: sorted, owned by
 * root, every time the commit's. The Dockerfile and `.dockerignore` are always in it, as with the docker command:
 * the engine needs both, and takes them out itself before a COPY when they are ignored.
 * https://github.com/moby/moby/blob/v20.10.24/builder/remotecontext/detect.go#L134-L158
 *
 * @throws {BuildFailure} when the Dockerfile is not there, or not inside the context.
 */
export async function archiveContext(
  context: string,
  { dockerfile: path, epoch, signal }: { dockerfile: string; epoch: number; signal: AbortSignal },
): Promise<ContextArchive> {
  const { dockerfile, files } = await readContext(context, path, signal);
  const tar = pack();
  const mtime = new Date(epoch);
  const write = async () => {
    for (const [name, node] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      await add(tar, { name, mtime }, node);
    }
    if (!files.has(path)) tar.entry({ name: path, mtime }, dockerfile);
    const ignore = files.has('.dockerignore') ? undefined : await textOf(join(context, '.dockerignore'));
    if (ignore !== undefined) tar.entry({ name: '.dockerignore', mtime }, ignore);
    tar.finalize();
  };
  write().catch(error => tar.destroy(error));
  return { dockerfile, tar: Readable.from(tar, { objectMode: false }) };
}

async function add(tar: Pack, header: { name: string; mtime: Date }, node: Node): Promise<void> {
  if (node.kind === 'directory') tar.entry({ ...header, type: 'directory', mode: node.mode });
  if (node.kind === 'symlink') tar.entry({ ...header, type: 'symlink', linkname: node.target });
  if (node.kind !== 'file' || node.content.in !== 'folder') return;
  const entry = tar.entry({ ...header, mode: node.mode, size: node.size });
  await pipeline(createReadStream(node.content.path), entry);
}

async function textOf(path: string): Promise<string | undefined> {
  const isFile = (await lstat(path).catch(() => undefined))?.isFile() ?? false;
  return isFile ? readFile(path, 'utf8') : undefined;
}
