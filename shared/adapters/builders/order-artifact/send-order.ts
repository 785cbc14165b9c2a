import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Digest } from '../../../domain/names/digest.ts';
import type { ImageReference } from '../../../domain/names/image-reference.ts';
import type { BuildOrder } from '../../../ports/builder.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import { digestOf } from '../../registry/content-digest.ts';
import { OCI_MANIFEST } from '../../registry/media-types.ts';
import { archiveContext } from '../docker/context-archive.ts';
import { formatOrder, TYPES } from './order-document.ts';

type With = {
  readonly store: ImageStore;
  /** Registries that speak plain HTTP. */
  readonly insecure: readonly string[];
  /** A folder for what is needed only while this runs. */
  readonly temporary: string;
  readonly signal: AbortSignal;
};
export type SentOrder = {
  readonly reference: ImageReference & { readonly digest: Digest };
  /** The text of the Dockerfile. */
  readonly dockerfile: string;
  /** Of the packed context. */
  readonly bytes: number;
};

/**
 * Puts an order with its context beside the image that it is for, as an artifact under no tag: whoever may push the
 * image can read it, and the registry forgets it in its own time. The same order has the same digest.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md#guidelines-for-artifact-usage
 *
 * @throws {BuildFailure} when the Dockerfile is not there.
 */
export async function sendOrder(
  order: BuildOrder,
  { store, insecure, temporary, signal }: With,
): Promise<SentOrder> {
  const { registry, repository } = order.image;
  const place = { registry, repository };
  const folder = await mkdtemp(join(temporary, 'headway-order-'));
  try {
    const file = join(folder, 'context');
    const { dockerfile, tar } = await archiveContext(order.context, { ...order, signal });
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
    const layer = { mediaType: TYPES.context, digest, size };
    await store.ensureBlob(place, layer, { content: () => createReadStream(file, { signal }) });
    const text = Buffer.from(formatOrder(order, { insecure }));
    const config = { mediaType: TYPES.order, digest: digestOf(text), size: text.length };
    await store.ensureBlob(place, config, { content: () => once(text) });
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        artifactType: TYPES.artifact,
        config,
        layers: [layer],
      }),
    );
    const reference = { ...place, digest: digestOf(manifest) };
    await store.putManifest(reference, OCI_MANIFEST, manifest);
    return { reference, dockerfile, bytes: layer.size };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
