import { MANIFEST_TYPES } from '../../domain/names/manifest-types.ts';

/** The four manifests that headway understands; without them in `Accept`, registries convert or pick one. */
export const ACCEPT_MANIFESTS = [...MANIFEST_TYPES].join(', ');

/** Whether the digest of such a document is one that headway may act by. */
export function isManifestType(mediaType: string): boolean {
  return MANIFEST_TYPES.has(mediaType);
}

/** The media type of a `Content-Type` header, without its parameters. */
export function mediaTypeOf(contentType: string | null | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
