import { apiAddress } from '../forges/api-address.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration, RepoConfiguration } from './schema.ts';

/** What a repo says of its forge that the forge has no use for, or lacks. */
export function forges({ repos }: Configuration): Mistake[] {
  return Object.entries(repos).flatMap(([name, repo]) =>
    [...mistakesOf(repo), ...mistakesOfTelling(repo)].map(([key, message]) => ({
      path: ['repos', name, key],
      message,
    })),
  );
}

type MistakeOfRepo = readonly [key: keyof RepoConfiguration, message: string];

/** What is to be told to people at the forge, or is told by it. */
function mistakesOfTelling({ forge, report, pullRequests, token, app }: RepoConfiguration): MistakeOfRepo[] {
  const wanted = 'expected forge: github, gitlab or gitea beside it';
  const hasPlace = forge !== 'git' && forge !== 'gitiles';
  const hasLogin = token !== undefined || app !== undefined;
  return [
    ...(report && !hasPlace ? [['report', `${wanted}; ${forge} has no place for reports`] as const] : []),
    ...(report && hasPlace && !hasLogin
      ? [['report', 'expected a token or an app beside it that may write statuses'] as const]
      : []),
    ...(pullRequests !== 'off' && forge === 'gitiles'
      ? [['pullRequests', `${wanted}; gitiles tells of none`] as const]
      : []),
    ...(pullRequests === 'all' && forge === 'git'
      ? [['pullRequests', `${wanted}; git fetches branches, and the commits of forks are on none`] as const]
      : []),
  ];
}

function mistakesOf(repo: RepoConfiguration): MistakeOfRepo[] {
  const { forge, url, api, token, app, credentials } = repo;
  if (forge === 'git') {
    const wanted = 'expected forge: github, gitlab, gitea or gitiles beside it; git itself has no API';
    return (['api', 'token', 'app'] as const).flatMap(key =>
      repo[key] === undefined ? [] : [[key, wanted] as const],
    );
  }
  const example = `https://host/${forge === 'gitiles' ? 'app' : 'acme/app'}`;
  const isAddress = apiAddress({ forge, url, api }) !== undefined;
  const isForbidden = credentials !== undefined && forge !== 'gitiles';
  return [
    ...(isAddress ? [] : [['url', `expected a URL such as ${example} for forge: ${forge}`] as const]),
    ...(app === undefined || forge === 'github'
      ? []
      : [['app', `expected forge: github; ${forge} has no Apps, only tokens`] as const]),
    ...(app === undefined || token === undefined
      ? []
      : [['token', 'expected either a token or an app, found both'] as const]),
    ...(isForbidden
      ? [['credentials', `expected a token: the API of ${forge} takes no password`] as const]
      : []),
    ...(credentials === undefined || token === undefined || isForbidden
      ? []
      : [['credentials', 'expected either a token or credentials, found both'] as const]),
  ];
}
