import type { CommitSha } from '../domain/names/commit-sha.ts';
import type { Ordered } from '../domain/order/relations.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import type { CommitReport } from '../domain/reports/commit-report.ts';

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
   * The real path of a folder of the checkout. @throws {MissingFolder} when there is none.
   * @throws {PermanentError} when it leads out of the checkout by a symbolic link: a commit must not make us read
   * our own files.
   */
  folder(path: string): Promise<string>;
  remove(): Promise<void>;
};

/** The commit has no folder of this name. */
export class MissingFolder extends PermanentError {
  override name = 'MissingFolder';
}

/** No branch or tag has the commit: not yet, where its push came before, or not any more. */
export class MissingCommit extends PermanentError {
  override name = 'MissingCommit';
  readonly commit: CommitSha;

  constructor(doing: string, { repo, commit }: { readonly repo: string; readonly commit: CommitSha }) {
    super(`Cannot ${doing} commit ${commit} of repo "${repo}": no branch or tag has it`);
    this.commit = commit;
  }
}

/** What lies between two commits. */
export type Changes = {
  /** Paths that differ, both names of a file that moved, in the order of their names. */
  readonly files: readonly string[];
  /**
   * Whole messages of the commits that the first does not have, newest first, without blank lines at their ends and
   * without empty ones; where there are very many, the newest thousand.
   */
  readonly messages: readonly string[];
};

export type { CommitReport } from '../domain/reports/commit-report.ts';

/** Where a repo's history and files come from. */
export interface Forge {
  /** `newer` when `b` is an ancestor of `a`. `unknown` when either commit cannot be found, even after a fetch. */
  compare(repo: string, a: CommitSha, b: CommitSha): Promise<Ordered>;
  /** `undefined` when the commit cannot be found, even after a fetch. */
  commit(repo: string, sha: CommitSha): Promise<CommitFacts | undefined>;
  /** The branch's head as the forge has it now; `undefined` when there is no such branch. */
  head(repo: string, branch: string): Promise<CommitSha | undefined>;
  /**
   * The files of exactly this commit, in a folder of their own, without `.git`.
   * @throws {MissingCommit} when it is not there.
   */
  checkout(repo: string, sha: CommitSha): Promise<Checkout>;
  /**
   * The texts of files of a commit, by path; what is no file there is left out. The text of a link is where it
   * leads, as Git keeps it. @throws {MissingCommit} when the commit is not there.
   */
  files(repo: string, sha: CommitSha, paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /**
   * What differs between any two commits, whether or not one is an ancestor of the other.
   * @throws {MissingCommit} when either is not there, naming `to` where both are not.
   */
  changes(repo: string, from: CommitSha, to: CommitSha): Promise<Changes>;
  /**
   * Shows a report beside a commit, where the configuration asks for that (`report: true`); else nothing is done.
   * Safe to repeat. @throws {PermanentError} when the login may not: the message says what to grant.
   */
  report(repo: string, sha: CommitSha, report: CommitReport): Promise<void>;
}
