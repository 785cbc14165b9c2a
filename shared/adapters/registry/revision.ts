import { isCommitSha } from '../../domain/names/commit-sha.ts';
import type { ImageReference } from '../../domain/names/image-reference.ts';
import type { ImageStore } from '../../ports/image-store.ts';
import { labelsOf } from './labels.ts';

const REVISION = 'org.opencontainers.image.revision';

/**
 * The commit that an image says it was built from: its `org.opencontainers.image.revision` label, of the first
 * child where it is an index. Nothing when there is no image, no such label, or no full commit in it.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys
 */
export function revisionOf(store: ImageStore): (image: ImageReference) => Promise<string | undefined> {
  return async image => {
    const label = (await labelsOf(store, image))[REVISION];
    return label !== undefined && isCommitSha(label) ? label : undefined;
  };
}
