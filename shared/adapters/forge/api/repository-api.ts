import { z } from 'zod';
import { type CommitSha, isCommitSha } from '../../../domain/names/commit-sha.ts';
import type { Ordered } from '../../../domain/order/relations.ts';
import type { Changes, CommitFacts, CommitReport } from '../../../ports/forge.ts';
import { ForgeError } from '../../../ports/forge-error.ts';
import type { Response } from '../../http/http.ts';

/** A file, link or submodule of a commit; folders need no entry. */
export type TreeEntry = {
  /** From the top of the repository, its parts joined by `/`. */
  readonly path: string;
  /** Git's own: `100755` is an executable file, `120000` a link, `160000` a submodule. */
  readonly mode: string;
  /** The hash of the content as Git stores it. */
  readonly id: string;
};

/** What every forge can tell of one repository. Hashes and branches are checked before. */
export type RepositoryApi = {
  /** Of two different commits; `unknown` when either is not there. */
  compare(a: CommitSha, b: CommitSha): Promise<Ordered>;
  commit(sha: CommitSha): Promise<CommitFacts | undefined>;
  head(branch: string): Promise<CommitSha | undefined>;
  /** Asked when something is not there. @throws {PermanentError} when that is since nobody shows us the repository. */
  ensureVisible(): Promise<void>;
  /** Everything in a commit. */
  tree(sha: CommitSha): Promise<readonly TreeEntry[]>;
  /** A gzipped tar of a commit, with or without a folder around everything. */
  archive(sha: CommitSha): Promise<{ readonly response: Response | undefined; readonly isWrapped: boolean }>;
  /** The content of one entry, as Git stores it. */
  blob(entry: TreeEntry, sha: CommitSha): Promise<Uint8Array | undefined>;
  /** The contents of files and links, as Git stores them, by path; whatever else is there is left out. */
  files(sha: CommitSha, paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Of two different commits that are there; no files where the forge does not tell of all of them. */
  changes(from: CommitSha, to: CommitSha): Promise<ToldChanges>;
  /** Shows a report beside a commit, where the forge has a place for one. */
  report?(sha: CommitSha, report: CommitReport): Promise<void>;
};

export type ToldChanges = Pick<Changes, 'messages'> & Partial<Pick<Changes, 'files'>>;

/** Nobody reads more messages than these. */
export const MOST_MESSAGES = 1_000;

/** A hash, as answers hold it. */
export const Sha = z.string().refine(isCommitSha);

/** A time in any spelling that Date.parse knows; becomes RFC 3339 in UTC, with milliseconds. */
export const Instant = z
  .string()
  .refine(text => !Number.isNaN(Date.parse(text)))
  .transform(text => new Date(text).toISOString());

/** The first paragraph of a message on one line, as git's `%s` has it. */
export function subjectOf(message: string): string {
  const [paragraph = ''] = message.replace(/^\s*\n/, '').split(/\n[ \t]*(?:\n|$)/);
  return paragraph
    .split('\n')
    .map(line => line.trim())
    .join(' ')
    .trim();
}

/**
 * The order of two different commits from how many each has that the other has not.
 * @throws {ForgeError} when neither has any, which cannot be.
 */
export function orderOf({ ahead, behind }: { readonly ahead: number; readonly behind: number }) {
  if (ahead === 0 && behind === 0) {
    throw new ForgeError('Cannot tell the order of two commits: the forge says that they are the same');
  }
  if (behind === 0) return { relation: 'newer', distance: ahead } as const;
  return ahead === 0
    ? ({ relation: 'older', distance: behind } as const)
    : ({ relation: 'diverged' } as const);
}
