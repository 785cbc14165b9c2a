/** Images and lists of them; what else is pushed to registries are layers, configurations, charts, signatures. */
export const MANIFEST_TYPES: ReadonlySet<string | undefined> = new Set([
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
]);
