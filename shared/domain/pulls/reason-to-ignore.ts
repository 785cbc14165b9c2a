import type { Configuration } from '../configuration/schema.ts';
import type { PullRequest } from '../deliveries/pull-request.ts';

/** Why nothing is built of a pull request, as a sentence; nothing where something is. */
export function reasonToIgnorePull(
  { repos }: Pick<Configuration, 'repos'>,
  { number, fork, repoUrls }: PullRequest,
  repo: string | undefined,
): string | undefined {
  const settings = repo === undefined ? undefined : repos[repo];
  if (settings === undefined) return `no repo of the configuration has the URL ${repoUrls[0] ?? ''}`;
  if (settings.pullRequests === 'off') {
    return `pull request ${number}: those of repo ${repo} are not built (pullRequests: off)`;
  }
  if (fork && settings.pullRequests === 'own') {
    return `pull request ${number} is not from a branch of repo ${repo}: only those are built (pullRequests: own)`;
  }
  return undefined;
}
