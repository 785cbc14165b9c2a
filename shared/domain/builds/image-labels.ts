import type { Digest } from '../names/digest.ts';

/** The parent that an image stands on; of several the first. https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
export const BASE_DIGEST = 'org.opencontainers.image.base.digest';

type Origin = {
  readonly commit: string;
  /** Where the repository is; nothing where nobody knows. */
  readonly url?: string | undefined;
  /** The commit's time in milliseconds; nothing where nobody knows. */
  readonly committedAt?: number | undefined;
  readonly parentDigest?: Digest | undefined;
};

/** What an image says of itself. https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
export function imageLabels({ commit, url, committedAt, parentDigest }: Origin): Record<string, string> {
  return {
    'org.opencontainers.image.revision': commit,
    ...(url !== undefined && { 'org.opencontainers.image.source': url }),
    ...(committedAt !== undefined && {
      'org.opencontainers.image.created': new Date(committedAt).toISOString(),
    }),
    ...(parentDigest !== undefined && { [BASE_DIGEST]: parentDigest }),
  };
}
