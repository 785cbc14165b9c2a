import type { Build } from '../documents/build.ts';

/** The tags that the branches of a build have, the branch that asked for it first. */
export function branchTagsOf({
  branch,
  branchTag,
  furtherBranches = [],
}: Pick<Partial<Build>, 'branch' | 'branchTag' | 'furtherBranches'>): { branch: string; tag: string }[] {
  const first = branch === undefined ? [] : [{ branch, tag: branchTag }];
  return [...first, ...furtherBranches].flatMap(({ branch, tag }) =>
    tag === undefined ? [] : [{ branch, tag }],
  );
}
