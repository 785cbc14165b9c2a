/**
 * The media types of images and of indexes of them, in both families.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md
 * https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-2.md
 */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

export const INDEX_TYPES: ReadonlySet<string | undefined> = new Set([OCI_INDEX, DOCKER_LIST]);

/** What else is pushed to registries are layers, configurations, charts, signatures. */
export const MANIFEST_TYPES: ReadonlySet<string | undefined> = new Set([
  OCI_INDEX,
  OCI_MANIFEST,
  DOCKER_LIST,
  DOCKER_MANIFEST,
]);
