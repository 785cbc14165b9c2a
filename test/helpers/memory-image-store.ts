import { digestOf } from '../../shared/adapters/registry/content-digest.ts';
import { type ImageReference, repositoryName } from '../../shared/domain/names/image-reference.ts';
import type { ImageStore, ManifestBytes } from '../../shared/ports/image-store.ts';
import { collect } from './collect.ts';

/** Registries in two maps. It tells which blobs were uploaded, and which layers were read. */
export function createMemoryImageStore() {
  const manifests = new Map<string, ManifestBytes>();
  const blobs = new Map<string, Uint8Array>();
  const uploads: string[] = [];
  const reads: string[] = [];
  const at = (image: ImageReference, name: string) => `${repositoryName(image)} ${name}`;
  const blobAt = (image: ImageReference, digest: string) => {
    const bytes = blobs.get(at(image, digest));
    if (bytes === undefined) throw new Error(`There is no blob ${digest} in ${repositoryName(image)}`);
    return bytes;
  };
  const store: ImageStore = {
    async manifest(image) {
      return manifests.get(at(image, image.digest ?? image.tag ?? 'latest'));
    },
    async putManifest(image, mediaType, bytes) {
      const digest = digestOf(bytes);
      for (const name of [digest, image.tag ?? digest])
        manifests.set(at(image, name), { digest, mediaType, bytes });
      return digest;
    },
    async blob(repository, digest) {
      return blobAt(repository, digest);
    },
    async *content(repository, digest) {
      reads.push(digest);
      yield blobAt(repository, digest);
    },
    async ensureBlob(repository, { digest }, { from, content }) {
      const key = at(repository, digest);
      if (blobs.has(key)) return;
      const there = from === undefined ? undefined : blobs.get(at(from, digest));
      if (there === undefined) uploads.push(digest);
      const bytes = there ?? (content === undefined ? undefined : Buffer.concat(await collect(content())));
      if (bytes === undefined || digestOf(bytes) !== digest)
        throw new Error(`The content of ${digest} is another`);
      blobs.set(key, bytes);
    },
  };
  return { store, uploads, reads };
}
