import { isDigest } from '../names/digest.ts';
import { type ImageReference, isTag, parseImageReference } from '../names/image-reference.ts';

/** A tag that was pushed to a registry; the digest where the registry told it and can prove that it did. */
export type RegistryPush = {
  readonly image: ImageReference & { readonly tag: string };
  readonly digest?: string;
};

/**
 * The push of a tag as a list of one; of none where the name is no repository, or the tag or the digest is none:
 * registries tell of everything they hold, also under names that headway cannot have.
 */
export function pushed(repository: string, tag: string | undefined, digest?: string): RegistryPush[] {
  const image = parseImageReference(repository);
  if (image === undefined || image.tag !== undefined || image.digest !== undefined) return [];
  if (tag === undefined || !isTag(tag)) return [];
  return [{ image: { ...image, tag }, ...(digest !== undefined && isDigest(digest) && { digest }) }];
}

/** Each tag once, with the last that was said of it. */
export function lastOfEach(pushes: readonly RegistryPush[]): RegistryPush[] {
  return [...new Map(pushes.map(push => [JSON.stringify(push.image), push])).values()];
}
