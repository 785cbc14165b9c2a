import { type Digest, isDigest } from '../names/digest.ts';

/** The parent that an image stands on; of several the first. https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
const BASE_DIGEST = 'org.opencontainers.image.base.digest';
/** The further ones, for which there is no usual key: `NAME@DIGEST` by the names of the configuration, with blanks between. */
const FURTHER_BASES = 'dev.headway.further-bases';

type Origin = {
  readonly commit: string;
  /** Where the repository is; nothing where nobody knows. */
  readonly url?: string | undefined;
  /** The commit's time in milliseconds; nothing where nobody knows. */
  readonly committedAt?: number | undefined;
  readonly parentDigest?: Digest | undefined;
  /** Of the further images that it takes from, by their names. */
  readonly parentDigests?: Readonly<Record<string, Digest>> | undefined;
};

/** What an image says of itself. https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
export function imageLabels(origin: Origin): Record<string, string> {
  const { commit, url, committedAt, parentDigest, parentDigests = {} } = origin;
  const further = Object.entries(parentDigests).map(([name, digest]) => `${name}@${digest}`);
  return {
    'org.opencontainers.image.revision': commit,
    ...(url !== undefined && { 'org.opencontainers.image.source': url }),
    ...(committedAt !== undefined && {
      'org.opencontainers.image.created': new Date(committedAt).toISOString(),
    }),
    ...(parentDigest !== undefined && { [BASE_DIGEST]: parentDigest }),
    ...(further.length > 0 && { [FURTHER_BASES]: further.toSorted().join(' ') }),
  };
}

/** The exact images that an image says it was built from; nothing of those that it does not tell of. */
export type Bases = {
  readonly first: Digest | undefined;
  /** By their names. */
  readonly further: Readonly<Record<string, Digest>>;
};

export function readBases(labels: Readonly<Record<string, string>>): Bases {
  const { [BASE_DIGEST]: first = '', [FURTHER_BASES]: further = '' } = labels;
  const named = further.split(' ').map(text => text.split('@', 2));
  const known = named.filter(([name, digest = '']) => name !== '' && isDigest(digest));
  return { first: isDigest(first) ? first : undefined, further: Object.fromEntries(known) };
}
