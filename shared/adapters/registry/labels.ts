import { z } from 'zod';
import { BASE_DIGEST } from '../../domain/builds/image-labels.ts';
import { type Digest, isDigest } from '../../domain/names/digest.ts';
import type { ImageReference } from '../../domain/names/image-reference.ts';
import type { ImageStore } from '../../ports/image-store.ts';
import { configurationOf } from './image-configuration.ts';

type Store = Pick<ImageStore, 'manifest' | 'blob'>;
const Configuration = z.object({
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).optional(),
});

/** The labels of an image, of the first child where it is an index; none where there is no image. */
export async function labelsOf(
  store: Store,
  image: ImageReference,
): Promise<Readonly<Record<string, string>>> {
  const { data } = Configuration.safeParse(await configurationOf(store, image));
  return data?.config?.Labels ?? {};
}

/** The exact image that an image says it stands on; nothing when there is no image, or it does not say that. */
export function baseDigestOf(store: Store): (image: ImageReference) => Promise<Digest | undefined> {
  return async image => {
    const label = (await labelsOf(store, image))[BASE_DIGEST];
    return label !== undefined && isDigest(label) ? label : undefined;
  };
}
