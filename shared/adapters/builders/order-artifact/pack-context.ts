import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Digest } from '../../../domain/names/digest.ts';
import type { BuildOrder } from '../../../ports/builder.ts';
import { archiveContext } from '../docker/context-archive.ts';

/** A build context as a compressed tar, the same for the same commit. */
export type PackedContext = {
  /** The text of the Dockerfile. */
  readonly dockerfile: string;
  readonly digest: Digest;
  readonly size: number;
  /** Its bytes, as often as they are asked for. */
  content(): AsyncIterable<Uint8Array>;
};
type Packing = {
  /** A folder for what is needed only while this runs: a context may be larger than memory. */
  readonly temporary: string;
  readonly signal: AbortSignal;
};

/**
 * Packs the context of an order for as long as it is used.
 *
 * @throws {BuildFailure} when the Dockerfile is not there; whatever a file throws that cannot be read.
 */
export async function withPackedContext<T>(
  order: BuildOrder,
  { temporary, signal }: Packing,
  use: (packed: PackedContext) => Promise<T>,
): Promise<T> {
  const { dockerfile, tar } = await archiveContext(order.context, { ...order, signal });
  const folder = await mkdtemp(join(temporary, 'headway-order-'));
  try {
    const file = join(folder, 'context');
    const hash = createHash('sha256');
    let size = 0;
    const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    };
    await pipeline(tar, createGzip(), counted, createWriteStream(file), { signal });
    const digest: Digest = `sha256:${hash.digest('hex')}`;
    return await use({ dockerfile, digest, size, content: () => createReadStream(file, { signal }) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
