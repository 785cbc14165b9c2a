import { z } from 'zod';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import { ConfigurationHistory, imageHistory } from '../../shared/domain/results/image-history.ts';
import type { Layers } from '../../shared/domain/results/layer-rows.ts';
import { fullName, type TaggedImage } from '../../shared/domain/results/result-names.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';

type Store = Pick<ImageStore, 'manifest' | 'blob'>;
/** An image by digest, and the tag that it is shown under. */
export type ShownImage = TaggedImage & { readonly digest: string };

const Content = z.object({ digest: z.string(), size: z.number() });
const Manifest = z.object({ config: Content, layers: z.array(Content) });
const Index = z.object({
  manifests: z
    .array(z.object({ digest: z.string(), platform: z.object({ os: z.string() }).optional() }))
    .min(1),
});

/**
 * The layers of an image as they are in the registry, with the images that it stands on, the nearest first. Of an
 * image for several platforms those of its first.
 *
 * @throws {Error} when the registry does not have it, or not as an image.
 */
export async function readLayers(
  store: Store,
  image: ShownImage,
  ancestors: readonly ShownImage[] = [],
): Promise<Layers> {
  const own = await read(store, image);
  const line = await Promise.all(ancestors.map(ancestor => read(store, ancestor).catch(() => undefined)));
  return imageHistory(own, {
    sizes: own.sizes,
    ancestors: line.filter(ancestor => ancestor !== undefined),
  });
}

async function read(store: Store, image: ShownImage) {
  const { registry, repository, digest } = image;
  const name = fullName(image);
  const { config, layers } = await readManifest(store, { registry, repository, digest }, name);
  const bytes = await store.blob({ registry, repository }, config.digest);
  const configuration = parse(ConfigurationHistory, bytes, name);
  return { name, configuration, sizes: layers.map(({ size }) => size) };
}

async function readManifest(
  store: Store,
  reference: ImageReference,
  name: string,
): Promise<z.infer<typeof Manifest>> {
  const found = await store.manifest(reference);
  if (found === undefined)
    throw new Error(`Cannot read the layers of ${name}: the registry does not have it`);
  if (!/index|manifest\.list/.test(found.mediaType)) return parse(Manifest, found.bytes, name);
  const { manifests } = parse(Index, found.bytes, name);
  // Attestations have no platform that an image could be for.
  const child = manifests.find(({ platform }) => platform?.os !== 'unknown');
  const { registry, repository } = reference;
  const only = await store.manifest({ registry, repository, digest: child?.digest ?? '' });
  if (only === undefined) throw new Error(`Cannot read the layers of ${name}: its index names no image`);
  return parse(Manifest, only.bytes, name);
}

function parse<T>(schema: z.ZodType<T>, bytes: Uint8Array, name: string): T {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new Error(`Cannot read the layers of ${name}: the registry has it in a form that is not known`, {
      cause,
    });
  }
}
