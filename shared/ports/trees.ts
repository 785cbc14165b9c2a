import type { ImageConfiguration } from '../domain/configuration/schema.ts';
import type { CommitSha } from '../domain/names/commit-sha.ts';
import type { ChangeRules } from '../domain/plans/change-rules.ts';
import type { ImageTree } from '../domain/tree/image-tree.ts';
import type { Remark } from '../domain/tree/settle-parents.ts';

/** The images of a repo at one commit. */
export type TreeAtCommit = {
  readonly images: ImageTree;
  /** How each is built, by its name, where the commit itself says so. */
  readonly recipes: ReadonlyMap<string, ImageConfiguration>;
  readonly rules: ChangeRules;
  /** What the tags of its branches begin with. */
  readonly prefix: string | undefined;
  readonly remarks: readonly Remark[];
};

/**
 * Reads which images a repo has at a commit.
 * @throws {PermanentError} with every mistake and its line, where the commit's own file cannot be used.
 */
export type ReadTree = (repo: string, commit: CommitSha) => Promise<TreeAtCommit>;
