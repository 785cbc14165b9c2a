import { createCipheriv } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { RegistryClient } from '../../shared/adapters/registry/client.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import { DOCKER_MANIFEST } from '../../shared/domain/names/manifest-types.ts';
import { blobOf } from '../helpers/small-image.ts';

const USUAL_MEGABYTES = 16;

export type BenchImage = {
  readonly repository: ImageReference;
  /** Another one gives another image; the same one the same image in every run, so that registries do not fill up. */
  readonly seed: number;
  readonly megabytes?: number;
};

/** Pushes an image that engines can pull, of one layer (of 16 MB) that cannot be compressed, without a tag. */
export async function pushBenchImage(client: RegistryClient, image: BenchImage): Promise<Digest> {
  const { repository, seed, megabytes = USUAL_MEGABYTES } = image;
  const archive = pack();
  archive.entry({ name: 'content' }, noise(seed, megabytes * 1024 * 1024));
  archive.finalize();
  const tar = await buffer(archive);
  const layer = blobOf(gzipSync(tar, { level: 1 }), 'application/vnd.docker.image.rootfs.diff.tar.gzip');
  const rootfs = { type: 'layers', diff_ids: [blobOf(tar).digest] };
  const config = blobOf(
    Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs })),
    'application/vnd.docker.container.image.v1+json',
  );
  for (const blob of [layer, config]) {
    await client.ensureBlob(repository, blob, {
      content: async function* content() {
        yield blob.bytes;
      },
    });
  }
  const [configDescriptor, layerDescriptor] = [config, layer].map(({ mediaType, digest, size }) => ({
    mediaType,
    digest,
    size,
  }));
  const manifest = {
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST,
    config: configDescriptor,
    layers: [layerDescriptor],
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const { digest } = blobOf(bytes);
  return await client.putManifest({ ...repository, digest }, DOCKER_MANIFEST, bytes);
}

function noise(seed: number, bytes: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
