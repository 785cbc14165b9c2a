import type { Digest } from '../../../domain/names/digest.ts';
import type { ImageReference } from '../../../domain/names/image-reference.ts';
import { OCI_MANIFEST } from '../../../domain/names/manifest-types.ts';
import type { BuildOrder } from '../../../ports/builder.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import { digestOf } from '../../registry/content-digest.ts';
import { formatOrder, TYPES } from './order-document.ts';
import { withPackedContext } from './pack-context.ts';

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
  return await withPackedContext(
    order,
    { temporary, signal },
    async ({ dockerfile, digest, size, content }) => {
      const layer = { mediaType: TYPES.context, digest, size };
      await store.ensureBlob(place, layer, { content });
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
      return { reference, dockerfile, bytes: size };
    },
  );
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
