import { branchTagsOf } from '../../shared/domain/builds/branch-tags.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Branch } from '../../shared/domain/documents/branch.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import { branchTag, isMarked } from '../../shared/domain/tree/branch-tag.ts';
import { branches, builds } from '../../shared/records/collections.ts';
import { queryAll } from '../../shared/records/query-all.ts';
import type { Records } from '../../shared/records/records.ts';

type TagOfBranch = { readonly records: Records; readonly configuration: Configuration };
type PushedBranch = {
  readonly repo: string;
  readonly branch: string;
  /** The branch as it is known; nothing before its first push. */
  readonly known: Branch | undefined;
};

/**
 * The tag that the images of a branch have, where its repo wants that.
 *
 * @param prefixOfTree what the commit itself says that tags begin with.
 * @throws {PermanentError} when the branch's name can be made into no tag.
 */
export async function tagOfBranch(
  { records, configuration }: TagOfBranch,
  { repo, branch, known }: PushedBranch,
  prefixOfTree: string | undefined,
): Promise<string | undefined> {
  const { stack, branchTags } = configuration.repos[repo] ?? {};
  if (stack === undefined && branchTags === undefined) return undefined;
  const where = [{ field: 'repo', is: '==', value: repo }] as const;
  const others = (await hasPlainTag(records, known)) ? [] : await queryAll(records, branches, where);
  const earlier = others.map(other => other.branch);
  const named = branchTag(branch, { prefix: branchTags?.prefix ?? prefixOfTree, earlier });
  if (named.kind === 'refused') throw new PermanentError(named.reason);
  if (Object.hasOwn(configuration.tags, named.tag)) {
    throw new PermanentError(
      `Cannot name a tag for branch "${branch}": "${named.tag}" is a tag of the configuration; set branchTags.prefix of repo "${repo}"`,
    );
  }
  return named.tag;
}

/** Whether the branch was there before those that would have the same tag: then it keeps it. */
async function hasPlainTag(records: Records, known: Branch | undefined): Promise<boolean> {
  if (known?.planned === undefined) return false;
  const where = [{ field: 'commit', is: '==', value: known.planned }] as const;
  const [build] = await records.query(builds, { where, limit: 1 });
  const own = branchTagsOf(build ?? {}).find(({ branch }) => branch === known.branch);
  return own !== undefined && !isMarked(own.tag, known.branch);
}
