import type { Digest } from '../domain/names/digest.ts';
import type { ImageReference } from '../domain/names/image-reference.ts';

export type Manifest = {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
  /** How many more requests the registry allows for now, where it says. */
  readonly remaining?: number;
};

/** What headway asks of an image registry (Docker Registry HTTP API v2, OCI distribution specification 1.1). */
export interface Registry {
  /**
   * The manifest or index that a tag or digest names now; `undefined` where the registry says it is not there.
   * @throws {RegistryError} when that could not be learned, which is never the same as "not there".
   */
  head(image: ImageReference): Promise<Manifest | undefined>;
  /**
   * Points `tag` of the same repository at `digest`, by copying the manifest's bytes unchanged.
   * Safe to repeat. @throws {RegistryError} when the digest is not there or the registry answers another digest.
   */
  retag(repository: ImageReference, digest: Digest, tag: string, signal?: AbortSignal): Promise<void>;
  /**
   * Takes the tag away; what it named stays. Safe to repeat: a tag that is not there is done.
   * @throws {RegistryError} when the registry refuses. Not every registry can take a tag away, and then that error
   * is not temporary.
   */
  untag(repository: ImageReference, tag: string, signal?: AbortSignal): Promise<void>;
}
