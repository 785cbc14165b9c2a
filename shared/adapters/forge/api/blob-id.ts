import { createHash, type Hash } from 'node:crypto';

/**
 * The hash of a file's content as Git names it, of the kind that another hash is of: SHA-1 or SHA-256.
 * https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage
 */
export function blobId(content: Uint8Array, like: string): string {
  return blobHash(content.length, like).update(content).digest('hex');
}

/** A {@link blobId} in the making: of a content of so many bytes, which are yet to be fed to it. */
export function blobHash(size: number, like: string): Hash {
  return createHash(like.length === 64 ? 'sha256' : 'sha1').update(`blob ${size}\0`);
}
