import { createWriteStream } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { z } from 'zod';
import { Digest } from '../../../domain/names/digest.ts';
import { formatImageReference, type ImageReference } from '../../../domain/names/image-reference.ts';
import { BuildFailure, type BuildOrder } from '../../../ports/builder.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import { asNodeStream } from '../layers/node-stream.ts';
import { OrderDocument, TYPES } from './order-document.ts';

const Blob = z.object({ mediaType: z.string(), digest: Digest });
const Manifest = z.object({
  config: Blob.extend({ mediaType: z.literal(TYPES.order) }),
  layers: z.tuple([Blob]),
});

/**
 * The order behind a reference by digest, its context unpacked into the folder, which must be empty.
 *
 * @throws {BuildFailure} when there is no order, or its context is none.
 */
export async function receiveOrder(
  reference: ImageReference,
  { store, folder }: { readonly store: ImageStore; readonly folder: string },
): Promise<BuildOrder> {
  const name = formatImageReference(reference);
  const found = await store.manifest(reference);
  if (found === undefined) throw new BuildFailure(`Cannot build ${name}: there is no such order`);
  const manifest = Manifest.safeParse(JSON.parse(new TextDecoder().decode(found.bytes)));
  if (!manifest.success) throw new BuildFailure(`Cannot build ${name}: it is no build order`);
  const { config, layers } = manifest.data;
  const text = new TextDecoder().decode(await store.blob(reference, config.digest));
  const { insecure: _, platform, cacheFrom, ...order } = OrderDocument.parse(JSON.parse(text));
  await unpack(store.content(reference, layers[0].digest), folder);
  return {
    ...order,
    context: folder,
    ...(platform !== undefined && { platform }),
    ...(cacheFrom !== undefined && { cacheFrom }),
  };
}

/** Links are made last, so that nothing is written through one. */
async function unpack(content: AsyncIterable<Uint8Array>, folder: string): Promise<void> {
  const links: (readonly [at: string, target: string])[] = [];
  const archive = extract();
  const feeding = pipeline(Readable.from(content), createGunzip(), asNodeStream(archive));
  // Its failure is the one that is thrown below.
  feeding.catch(() => {});
  for await (const entry of archive) {
    const { name, type, mode = 0o644, linkname = '' } = entry.header;
    const at = inside(folder, name);
    await mkdir(type === 'directory' ? at : dirname(at), { recursive: true });
    if (type === 'symlink') links.push([at, linkname]);
    if (type === 'file') await pipeline(asNodeStream(entry), createWriteStream(at, { mode, flags: 'wx' }));
    else entry.resume();
  }
  await feeding;
  for (const [at, target] of links) await symlink(target, at);
}

function inside(folder: string, name: string): string {
  const isPlain = name.split('/').every(part => part !== '..') && !name.startsWith('/');
  if (isPlain) return join(folder, name);
  throw new BuildFailure(`Cannot unpack the build context: "${name}" leads out of it`);
}
