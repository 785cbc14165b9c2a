/** An image is written in one family of media types: its base's, so that no reader meets a mixture. */
export type Family = 'oci' | 'docker';

/**
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/media-types.md
 * https://github.com/distribution/distribution/blob/v2.8.3/docs/spec/manifest-v2-2.md
 */
export const MEDIA_TYPES = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    configuration: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    configuration: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const satisfies Record<Family, Record<string, string>>;

export function isIndex(mediaType: string): boolean {
  return mediaType === MEDIA_TYPES.oci.index || mediaType === MEDIA_TYPES.docker.index;
}

/** Nothing for what is not the manifest of one image. */
export function familyOf(mediaType: string): Family | undefined {
  if (mediaType === MEDIA_TYPES.oci.manifest) return 'oci';
  return mediaType === MEDIA_TYPES.docker.manifest ? 'docker' : undefined;
}
