import type { CommitSha } from '../names/commit-sha.ts';

/** What a forge says of a pull request (GitLab: merge request) whose commits changed, or that has ended. */
export type PullRequest = {
  /** Every URL that the sender gives for the repository that is asked to take it: clone, ssh and web. */
  readonly repoUrls: readonly string[];
  readonly number: number;
  /** `updated`: opened, opened again, or given other commits. `closed`: merged or not. */
  readonly action: 'updated' | 'closed';
  readonly head: CommitSha;
  readonly headBranch: string;
  /** The branch that it is for. */
  readonly base: string;
  readonly title: string;
  /**
   * Whether its commits come from anywhere but a branch of the same repository, and so from anybody. `true` also
   * where the sender does not tell.
   */
  readonly fork: boolean;
  /** When it changed, by the forge's clock: RFC 3339, UTC, milliseconds. */
  readonly updatedAt?: string;
};
