import type { CommitSha } from '../domain/names/commit-sha.ts';
import type { Ordered } from '../domain/order/relations.ts';

export type CommitFacts = {
  readonly sha: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly author: string;
  readonly subject: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly committedAt: string;
};

export type Checkout = {
  readonly path: string;
  /**
   * The real path of a folder of the checkout. @throws {PermanentError} when there is none, or when it leads out of
   * the checkout by a symbolic link: a commit must not make us read our own files.
   */
  folder(path: string): Promise<string>;
  remove(): Promise<void>;
};

/** Where a repo's history and files come from. */
export interface Forge {
  /** `newer` when `b` is an ancestor of `a`. `unknown` when either commit cannot be found, even after a fetch. */
  compare(repo: string, a: CommitSha, b: CommitSha): Promise<Ordered>;
  /** `undefined` when the commit cannot be found, even after a fetch. */
  commit(repo: string, sha: CommitSha): Promise<CommitFacts | undefined>;
  /** The branch's head as the forge has it now; `undefined` when there is no such branch. */
  head(repo: string, branch: string): Promise<CommitSha | undefined>;
  /** The files of exactly this commit, in a folder of their own, without `.git`. */
  checkout(repo: string, sha: CommitSha): Promise<Checkout>;
}
