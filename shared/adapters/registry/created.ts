import { z } from 'zod';
import type { ImageReference } from '../../domain/names/image-reference.ts';
import type { ImageStore } from '../../ports/image-store.ts';
import { configurationOf } from './image-configuration.ts';

const Configuration = z.object({ created: z.string() });
/** Builds that can be repeated set the moment to a fixed one, which says nothing: 1970, 1980, or that of the commit. */
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');

/**
 * When an image says it was built, as {@link Date#toISOString} writes it. Nothing when it does not say so in earnest.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/config.md#properties
 */
export function createdOf(store: ImageStore): (image: ImageReference) => Promise<string | undefined> {
  return async image => {
    const found = Configuration.safeParse(await configurationOf(store, image));
    const moment = Date.parse(found.data?.created ?? '');
    return moment >= EARLIEST ? new Date(moment).toISOString() : undefined;
  };
}
