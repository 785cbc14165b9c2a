import type { PromotedImage } from '../../shared/domain/documents/promotion.ts';
import { shortDigest } from '../../shared/domain/names/digest.ts';
import { type ImageReference, parseImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Promote } from './promote.ts';

type Pointing = {
  readonly each: PromotedImage;
  readonly to: string;
  /** Nothing: there is to be no such tag. */
  readonly digest: string | undefined;
  readonly signal: AbortSignal;
};

/** Has the tag name the digest, or nothing. */
export async function point({ registry }: Promote, { each, to, digest, signal }: Pointing): Promise<void> {
  if (digest === undefined) await registry.untag(placeOf(each), to, signal);
  else await registry.retag(placeOf(each), digest, to, signal);
}

/** What the tag names now; nothing where there is no such tag. */
export async function namedBy(
  { registry }: Promote,
  each: PromotedImage,
  tag: string,
): Promise<string | undefined> {
  return (await registry.head({ ...placeOf(each), tag }))?.digest;
}

/** @throws {RangeError} when the document names a repository that is none. */
export function placeOf({ image, repository }: PromotedImage): ImageReference {
  const found = parseImageReference(repository);
  if (found === undefined)
    throw new RangeError(`Cannot find image "${image}": "${repository}" is no repository`);
  return { registry: found.registry, repository: found.repository };
}

/** Why a tag is not touched any more, as a sentence. */
export function foundElsewhere(tag: string, digest: string | undefined): string {
  return digest === undefined
    ? `somebody took "${tag}" away meanwhile`
    : `somebody moved "${tag}" to ${shortDigest(digest)} meanwhile`;
}
