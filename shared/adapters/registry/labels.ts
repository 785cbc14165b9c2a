import { z } from 'zod';
import { type Bases, readBases } from '../../domain/builds/image-labels.ts';
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

/** The exact images that an image says it was built from; none when there is no image. */
export function basesOf(store: Store): (image: ImageReference) => Promise<Bases> {
  return async image => readBases(await labelsOf(store, image));
}
