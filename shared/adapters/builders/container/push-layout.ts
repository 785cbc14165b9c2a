import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { type Digest, isDigest } from '../../../domain/names/digest.ts';
import type { ImageReference } from '../../../domain/names/image-reference.ts';
import { BuildFailure } from '../../../ports/builder.ts';
import type { Descriptor as Blob, ImageStore } from '../../../ports/image-store.ts';
import { isIndex, MEDIA_TYPES } from '../layers/image-format.ts';

type Push = { readonly store: ImageStore; readonly image: ImageReference };

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md */
const Descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().refine(isDigest),
  size: z.number(),
  annotations: z.record(z.string(), z.string()).optional(),
});
type Descriptor = z.infer<typeof Descriptor>;
const Index = z.object({ manifests: z.array(Descriptor) });
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
/** https://github.com/moby/docker-image-spec/blob/v1.3.1/v1.2.md#combined-image-json--filesystem-changeset-format */
const Saved = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) }));

/**
 * Pushes the one image (or index of images) of a folder: an OCI layout, or what `docker save` writes.
 *
 * @throws {BuildFailure} when the folder does not hold exactly one.
 */
export async function pushLayout(folder: string, push: Push): Promise<Digest> {
  try {
    const index = await textOf(join(folder, 'index.json'));
    if (index !== undefined) {
      const { manifests } = Index.parse(JSON.parse(index));
      return await pushOf(folder, only(manifests), push);
    }
    const saved = await textOf(join(folder, 'manifest.json'));
    if (saved !== undefined) return await pushSaved(folder, only(Saved.parse(JSON.parse(saved))), push);
  } catch (error) {
    if (!(error instanceof z.ZodError || error instanceof SyntaxError)) throw error;
    throw new BuildFailure(`Cannot read what was built: ${error.message}`, { cause: error });
  }
  const expected =
    'neither the folder of an OCI layout nor an archive of an image (index.json or manifest.json)';
  throw new BuildFailure(`Cannot read what was built: it is ${expected}`);
}

function only<T>(images: readonly T[]): T {
  const [image, ...others] = images;
  if (image !== undefined && others.length === 0) return image;
  throw new BuildFailure(`Cannot push what was built: expected one image, found ${images.length}`);
}

/** What the manifest names first, the manifest last: nobody finds a part of an image. */
async function pushOf(folder: string, { digest, mediaType }: Descriptor, push: Push): Promise<Digest> {
  const bytes = await readFile(blobPath(folder, digest)).catch(notThere(digest));
  const json: unknown = JSON.parse(bytes.toString('utf8'));
  if (isIndex(mediaType)) {
    for (const child of Index.parse(json).manifests) {
      const { registry, repository } = push.image;
      await pushOf(folder, child, { ...push, image: { registry, repository, digest: child.digest } });
    }
  } else {
    const { config, layers } = Manifest.parse(json);
    for (const blob of [...layers, config]) await pushBlob(blob, blobPath(folder, blob.digest), push);
  }
  return push.store.putManifest(push.image, mediaType, bytes);
}

async function pushSaved(folder: string, saved: z.infer<typeof Saved>[number], push: Push): Promise<Digest> {
  const types = MEDIA_TYPES.oci;
  const layerType = types.layer.replace('+gzip', '');
  const pushFile = async (name: string, mediaType: string): Promise<Blob> => {
    const path = join(folder, join('/', name));
    const blob = { mediaType, ...(await measure(path).catch(notThere(name))) };
    await pushBlob(blob, path, push);
    return blob;
  };
  const layers: Blob[] = [];
  for (const name of saved.Layers) layers.push(await pushFile(name, layerType));
  const config = await pushFile(saved.Config, types.configuration);
  const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers };
  return push.store.putManifest(push.image, types.manifest, Buffer.from(JSON.stringify(manifest)));
}

async function pushBlob(
  { mediaType, digest, size }: Blob,
  path: string,
  { store, image }: Push,
): Promise<void> {
  await stat(path).catch(notThere(digest));
  await store.ensureBlob(image, { mediaType, digest, size }, { content: () => createReadStream(path) });
}

async function measure(path: string): Promise<{ readonly digest: Digest; readonly size: number }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { digest: `sha256:${hash.digest('hex')}`, size: (await stat(path)).size };
}

function blobPath(folder: string, digest: Digest): string {
  return join(folder, 'blobs', ...digest.split(':'));
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function notThere(what: string): (error: unknown) => never {
  return error => {
    throw new BuildFailure(`Cannot push what was built: "${what}" is not in it`, { cause: error });
  };
}
