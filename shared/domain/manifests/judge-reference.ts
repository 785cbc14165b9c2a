import type { Digest } from '../names/digest.ts';
import type { Reference } from './references.ts';

/** What happens to a reference: nothing to do, rewrite it, or leave it to its person. */
export type ReferenceVerdict =
  | { readonly kind: 'current' }
  | { readonly kind: 'rewrite' }
  | { readonly kind: 'held'; readonly reason: string };

/** Whether headway itself wrote `repository@digest` here before. */
export type WrittenBefore = (repository: string, digest: Digest) => boolean;

export type Judging = {
  /** What the reference should carry, where that is known. It is never held, whoever wrote it. */
  readonly digest?: Digest | undefined;
  readonly written: WrittenBefore;
};

/**
 * A tag ending in `-dirty` is a person's own build, and a digest that headway did not write is a person's pin
 * (or another tool's): both stay until a person puts a plain tag there again.
 */
export function judgeReference(
  { image, repository }: Reference,
  { digest, written }: Judging,
): ReferenceVerdict {
  if (image === undefined) return { kind: 'held', reason: 'another tool fills in a part of it' };
  if (digest !== undefined && image.digest === digest) return { kind: 'current' };
  if (image.tag?.endsWith('-dirty')) {
    return { kind: 'held', reason: 'a tag that ends in -dirty was put there by a person' };
  }
  if (image.digest !== undefined && !written(repository, image.digest)) {
    return { kind: 'held', reason: 'headway did not write this digest' };
  }
  return { kind: 'rewrite' };
}
