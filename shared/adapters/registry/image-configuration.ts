import { z } from 'zod';
import { Digest } from '../../domain/names/digest.ts';
import type { ImageReference } from '../../domain/names/image-reference.ts';
import type { ImageStore } from '../../ports/image-store.ts';

const Index = z.object({ manifests: z.array(z.object({ digest: Digest })).min(1) });
const Manifest = z.object({ config: z.object({ digest: Digest }) });

/** What the configuration of an image says, of the first child where it is an index; nothing where there is none. */
export async function configurationOf(
  store: Pick<ImageStore, 'manifest' | 'blob'>,
  image: ImageReference,
): Promise<unknown> {
  const found = await store.manifest(image);
  if (found === undefined) return undefined;
  const content = jsonOf(found.bytes);
  const index = Index.safeParse(content);
  const { registry, repository } = image;
  if (index.success) {
    return configurationOf(store, { registry, repository, digest: index.data.manifests[0]?.digest ?? '' });
  }
  const manifest = Manifest.safeParse(content);
  if (!manifest.success) return undefined;
  return jsonOf(await store.blob({ registry, repository }, manifest.data.config.digest));
}

function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}
