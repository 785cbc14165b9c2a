import { z } from 'zod';
import { Digest, shortDigest } from '../../../domain/names/digest.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
  repositoryName,
} from '../../../domain/names/image-reference.ts';
import { DOCKER_MANIFEST } from '../../../domain/names/manifest-types.ts';
import { PermanentError } from '../../../domain/permanent-error.ts';
import type { ImageStore } from '../../../ports/image-store.ts';

const Descriptor = z.object({ mediaType: z.string(), digest: Digest, size: z.number() });
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
const Index = z.object({
  manifests: z.array(
    z.object({
      digest: Digest,
      platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
    }),
  ),
});
const Copy = z.object({ annotations: z.record(z.string(), z.string()).default({}) });
type Manifest = z.infer<typeof Manifest>;

/** Where the copy came from, so that it can be told from the copy which digest runs. */
const SOURCE = 'headway.source';
const CONFIGURATION = 'application/vnd.docker.container.image.v1+json';
const LAYERS: Readonly<Record<string, string>> = {
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  'application/vnd.oci.image.layer.v1.tar+gzip': 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  'application/vnd.oci.image.layer.v1.tar': 'application/vnd.docker.image.rootfs.diff.tar',
};

export type CopyOrder = {
  readonly from: ImageReference & { readonly digest: Digest };
  /** Repository of Heroku's registry. */
  readonly to: ImageReference;
  readonly signal: AbortSignal;
};

/**
 * Copies an image to Heroku's registry, which takes Docker's manifests (image manifest version 2, schema 2) and
 * neither indexes nor OCI's: of an index it is the image for linux/amd64, and the manifest is written anew around the
 * same configuration and layers. Blobs that are there are not sent again.
 *
 * @returns the image's id, which is the digest of its configuration and stays the same
 * @throws {PermanentError} when there is no such image or Heroku could not run it
 */
export async function copyImage(store: ImageStore, { from, to, signal }: CopyOrder): Promise<Digest> {
  const { config, layers } = await readManifest(store, from);
  const copied = layers.map(layer => ({ ...layer, mediaType: layerType(from, layer.mediaType) }));
  for (const blob of [config, ...layers]) {
    signal.throwIfAborted();
    await store.ensureBlob(to, blob, { from });
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST,
    config: { ...config, mediaType: CONFIGURATION },
    layers: copied,
    annotations: { [SOURCE]: formatImageReference(from) },
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  const { registry, repository } = to;
  // The tag by which it is found again comes first: without it a release could not be recognised.
  for (const tag of [tagOf(shortDigest(config.digest)), 'latest']) {
    signal.throwIfAborted();
    await store.putManifest({ registry, repository, tag }, DOCKER_MANIFEST, bytes);
  }
  return config.digest;
}

/** What was copied as the image whose id begins so; nothing where headway did not copy it. */
export async function sourceOf(
  store: ImageStore,
  { to, image }: { readonly to: ImageReference; readonly image: string },
): Promise<ImageReference | undefined> {
  const { registry, repository } = to;
  const found = await store.manifest({ registry, repository, tag: tagOf(image) });
  if (found === undefined) return undefined;
  const copy = Copy.safeParse(parsed(found.bytes));
  return parseImageReference(copy.data?.annotations[SOURCE] ?? '');
}

async function readManifest(store: ImageStore, image: CopyOrder['from']): Promise<Manifest> {
  const { registry, repository } = image;
  const content = await readContent(store, image);
  const index = Index.safeParse(content);
  if (!index.success) return manifestOf(image, content);
  const child = index.data.manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
  );
  if (child === undefined)
    throw new PermanentError(`${cannot(image)}: it has no image for linux/amd64; build one`);
  return manifestOf(image, await readContent(store, { registry, repository, digest: child.digest }));
}

async function readContent(store: ImageStore, image: CopyOrder['from']): Promise<unknown> {
  const found = await store.manifest(image);
  if (found === undefined)
    throw new PermanentError(`${cannot(image)}: it is not in its registry; push it again`);
  return parsed(found.bytes);
}

function manifestOf(image: ImageReference, content: unknown): Manifest {
  const manifest = Manifest.safeParse(content);
  if (manifest.success) return manifest.data;
  throw new PermanentError(`${cannot(image)}: its manifest is not one of an image; push it again`);
}

function layerType(image: ImageReference, mediaType: string): string {
  const found = LAYERS[mediaType];
  if (found !== undefined) return found;
  const advice = 'compress its layers with gzip';
  throw new PermanentError(`${cannot(image)}: it cannot take a layer of type "${mediaType}"; ${advice}`);
}

function cannot(image: ImageReference): string {
  return `Cannot copy "${repositoryName(image)}@${image.digest}" to Heroku`;
}

function tagOf(image: string): string {
  return `headway-${image}`;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
