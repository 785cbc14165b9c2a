import type { Digest } from '../domain/names/digest.ts';
import type { ImageReference } from '../domain/names/image-reference.ts';

/** Points at content, as the OCI image specification's descriptor does. */
export type Descriptor = {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
};

export type ManifestBytes = {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
};

/** What a builder without a daemon asks of a registry: content by digest, and manifests that name it. */
export interface ImageStore {
  /** The manifest or index with its exact bytes, checked against its digest; `undefined` when it is not there. */
  manifest(image: ImageReference): Promise<ManifestBytes | undefined>;
  /** Stores a manifest under the reference's tag (or its digest), after the content that it names. */
  putManifest(image: ImageReference, mediaType: string, bytes: Uint8Array): Promise<Digest>;
  /** The content of a blob, whole, checked against its digest. For configurations, not for layers. */
  blob(repository: ImageReference, digest: Digest): Promise<Uint8Array>;
  /** The content of a blob as it comes; throws at its end when it does not fit its digest. For layers. */
  content(repository: ImageReference, digest: Digest): AsyncIterable<Uint8Array>;
  /**
   * Makes sure that the repository has the blob: asks first, then mounts it from `from` (a repository of the
   * same registry), then uploads `content`, which may be read more than once or not at all. Without `content`
   * the blob is copied from `from`, of whatever registry.
   */
  ensureBlob(
    repository: ImageReference,
    blob: Descriptor,
    source: { readonly from?: ImageReference; readonly content?: () => AsyncIterable<Uint8Array> },
  ): Promise<void>;
}
