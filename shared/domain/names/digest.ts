import { z } from 'zod';

/**
 * A content digest as the OCI image specification writes it: `sha256:` and 64 lower-case hex digits.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md#digests
 */
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits');
export type Digest = z.infer<typeof Digest>;

export function isDigest(text: string): boolean {
  return Digest.safeParse(text).success;
}

/** The first twelve hex digits, as Docker shows them. */
export function shortDigest(digest: Digest): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}
