import { followsOf } from '../configuration/lookups.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { Tag } from '../documents/tag.ts';

/** A tag that nothing is known of yet. */
export function newTag(configuration: Configuration, image: string, tag: string): Tag {
  const follows = followsOf(configuration, image, tag);
  return { image, tag, follows, candidates: [], attempted: [], sequence: 0, attempts: 0 };
}

/** The same for a tag that a branch has, and that follows it. */
export function newBranchTag(
  image: string,
  { tag, ...follows }: { readonly tag: string; readonly repo: string; readonly branch: string },
): Tag {
  return { image, tag, follows, ofBranch: true, candidates: [], attempted: [], sequence: 0, attempts: 0 };
}
