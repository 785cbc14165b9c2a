import { shortSha } from '../../../shared/domain/names/commit-sha.ts';
import type { Digest } from '../../../shared/domain/names/digest.ts';
import type { ImageReference } from '../../../shared/domain/names/image-reference.ts';
import type { Registry } from '../../../shared/ports/registry.ts';

export type MoveBranchTag = {
  readonly registry: Pick<Registry, 'head' | 'retag'>;
  /** The commit that an image says it was built from. */
  readonly revision: (image: ImageReference) => Promise<string | undefined>;
  /** Whether the one commit is an ancestor of the other, as far as this repository knows. */
  readonly isBefore: (older: string, newer: string) => Promise<boolean>;
  readonly signal: AbortSignal;
};

type Move = {
  /** Repository without a tag. */
  readonly place: ImageReference;
  readonly tag: string;
  readonly digest: Digest;
  readonly commit: string;
};

/**
 * Gives an image the tag of its branch, unless that is on a commit which is not known to be before this one: such a tag
 * only moves forward, whatever is built. Resolves with why it stays, where it does.
 *
 * Nobody else should move it meanwhile: a registry has no way to ask and move in one.
 */
export async function moveBranchTag(
  { registry, revision, isBefore, signal }: MoveBranchTag,
  { place, tag, digest, commit }: Move,
): Promise<string | undefined> {
  const found = await registry.head({ ...place, tag });
  if (found?.digest === digest) return undefined;
  const there = found && (await revision({ ...place, digest: found.digest }));
  const isForward =
    found === undefined || (there !== undefined && (there === commit || (await isBefore(there, commit))));
  if (isForward) {
    await registry.retag(place, digest, tag, signal);
    return undefined;
  }
  return there === undefined
    ? `Tag "${tag}" stays where it is: its image does not say of which commit it is; move it by hand once`
    : `Tag "${tag}" stays where it is: commit ${shortSha(there)}, which it is on, is not known to be before ${shortSha(commit)}`;
}
