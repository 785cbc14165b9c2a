import { apiAddress } from '../forges/api-address.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration, RepoConfiguration } from './schema.ts';

/** What a repo says of its forge that the forge has no use for, or lacks. */
export function forges({ repos }: Configuration): Mistake[] {
  return Object.entries(repos).flatMap(([name, repo]) =>
    mistakesOf(repo).map(([key, message]) => ({ path: ['repos', name, key], message })),
  );
}

function mistakesOf(repo: RepoConfiguration): (readonly [key: keyof RepoConfiguration, message: string])[] {
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
