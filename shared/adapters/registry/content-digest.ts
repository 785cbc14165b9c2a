import { createHash } from 'node:crypto';
import type { Digest } from '../../domain/names/digest.ts';

/** The digest of exactly these bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
