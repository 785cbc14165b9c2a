/** The four manifests that headway understands; without them in `Accept`, registries convert or pick one. */
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

const MANIFESTS: readonly string[] = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST];

export const ACCEPT_MANIFESTS = MANIFESTS.join(', ');

/** Whether the digest of such a document is one that headway may act by. */
export function isManifestType(mediaType: string): boolean {
  return MANIFESTS.includes(mediaType);
}

/** The media type of a `Content-Type` header, without its parameters. */
export function mediaTypeOf(contentType: string | null | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
