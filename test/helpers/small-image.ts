import type { RegistryClient } from '../../shared/adapters/registry/client.ts';
import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import { DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import type { Descriptor } from '../../shared/ports/image-store.ts';

export type Blob = Descriptor & { readonly bytes: Uint8Array };
export type SmallImage = {
  readonly blobs: readonly [config: Blob, layer: Blob];
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
};

export function blobOf(bytes: Uint8Array, mediaType = 'application/octet-stream'): Blob {
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes };
}

/** An image that no engine could run, but that is whole; another word gives another image. */
export function smallImage(word: string, mediaType = OCI_MANIFEST): SmallImage {
  const layer = blobOf(Buffer.from(`layer of ${word}`), 'application/vnd.oci.image.layer.v1.tar+gzip');
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = blobOf(
    Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs })),
    mediaType === DOCKER_MANIFEST
      ? 'application/vnd.docker.container.image.v1+json'
      : 'application/vnd.oci.image.config.v1+json',
  );
  // Odd white space and order: only the exact bytes have this digest.
  const text = JSON.stringify(
    { layers: [shown(layer)], config: shown(config), mediaType, schemaVersion: 2 },
    null,
    3,
  );
  const bytes = Buffer.from(`${text}\n\n`);
  return { blobs: [config, layer], mediaType, bytes, digest: digestOf(bytes) };
}

export function indexOf(children: readonly SmallImage[]): Omit<SmallImage, 'blobs'> {
  const manifests = children.map(({ mediaType, digest, bytes }, index) => ({
    mediaType,
    digest,
    size: bytes.length,
    platform: { os: 'linux', architecture: ['amd64', 'arm64'][index] },
  }));
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  return { mediaType: OCI_INDEX, bytes, digest: digestOf(bytes) };
}

/** Blobs first, then the manifest under the reference's tag, or by digest without one. */
export async function push(client: RegistryClient, image: ImageReference, what: SmallImage): Promise<Digest> {
  for (const blob of what.blobs) await client.ensureBlob(image, blob, { content: contentOf(blob) });
  return await client.putManifest(image, what.mediaType, what.bytes);
}

export function contentOf({ bytes }: Pick<Blob, 'bytes'>): () => AsyncIterable<Uint8Array> {
  return async function* content() {
    yield bytes.subarray(0, 5);
    yield bytes.subarray(5);
  };
}

function shown({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
