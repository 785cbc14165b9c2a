import type { CommitSha } from '../../domain/names/commit-sha.ts';
import type { CommitReport } from '../../domain/reports/commit-report.ts';

/** How a login shows reports: what it must be granted, and its request. */
export type GithubReports = {
  readonly permission: string;
  /** The same, as a token of an App is asked for. */
  readonly scope: Readonly<Record<string, 'write'>>;
  /** Behind `repos/OWNER/NAME/`. */
  readonly path: (sha: CommitSha) => string;
  readonly body: (report: CommitReport, sha: CommitSha) => Readonly<Record<string, unknown>>;
};

/** Check runs have more room and a tab of their own, but only an App may write them. */
export function githubReports(login: { readonly isApp: boolean }): GithubReports {
  return login.isApp ? CHECK_RUNS : STATUSES;
}

/** https://docs.github.com/en/rest/commits/statuses#create-a-commit-status */
const STATUSES: GithubReports = {
  permission: '"Commit statuses: write"',
  scope: { statuses: 'write' },
  path: sha => `statuses/${sha}`,
  body: ({ state, context, description, link }) => ({ state, context, description, target_url: link }),
};

/**
 * Of the runs of one name beside a commit GitHub shows the newest, so that each report is one of its own.
 * https://docs.github.com/en/rest/checks/runs#create-a-check-run
 */
const CHECK_RUNS: GithubReports = {
  permission: '"Checks: write"',
  scope: { checks: 'write' },
  path: () => 'check-runs',
  body: ({ state, context, description, link }, sha) => ({
    name: context,
    head_sha: sha,
    ...(state === 'pending' ? { status: 'in_progress' } : { status: 'completed', conclusion: state }),
    details_url: link,
    output: { title: description, summary: description },
  }),
};
