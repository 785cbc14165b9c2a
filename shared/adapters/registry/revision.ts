import { z } from 'zod';
import { isCommitSha } from '../../domain/names/commit-sha.ts';
import type { ImageReference } from '../../domain/names/image-reference.ts';
import type { ImageStore } from '../../ports/image-store.ts';
import { configurationOf } from './image-configuration.ts';

const Configuration = z.object({
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).optional(),
});
const REVISION = 'org.opencontainers.image.revision';

/**
 * The commit that an image says it was built from: its `org.opencontainers.image.revision` label, of the first
 * child where it is an index. Nothing when there is no image, no such label, or no full commit in it.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys
 */
export function revisionOf(store: ImageStore): (image: ImageReference) => Promise<string | undefined> {
  return async image => {
    const { data } = Configuration.safeParse(await configurationOf(store, image));
    const label = data?.config?.Labels?.[REVISION];
    return label !== undefined && isCommitSha(label) ? label : undefined;
  };
}
