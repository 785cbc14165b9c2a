import { sameRepoUrl } from '../deliveries/repo-url.ts';
import { placeOf } from '../forges/api-address.ts';
import { type CommitSha, shortSha } from '../names/commit-sha.ts';

/** A repository as the configuration has it, and who serves it. */
export type LinkedRepo = { readonly url: string; readonly forge: string };
export type WikiPlace = {
  /** What git clones. */
  readonly url: string;
  /** Where its pages are shown, when that is not where the URL suggests. */
  readonly pages?: string | undefined;
};

/**
 * Where a wiki shows its pages, as the forges do. A repository that is no wiki of a forge has its pages beside one
 * another.
 *
 * - github, gitea: `REPO/wiki/PAGE`, https://docs.github.com/en/communities/documenting-your-project-with-wikis
 * - gitlab: `REPO/-/wikis/PAGE`, https://docs.gitlab.com/user/project/wiki/
 */
export function pageLink({ url, pages }: WikiPlace, page: string, repos: readonly LinkedRepo[]): string {
  if (pages !== undefined) return `${pages.replace(/\/+$/, '')}/${page}`;
  const place = placeOf(url);
  const path = /^(.+)\.wiki$/.exec(place?.path ?? '')?.[1];
  if (place === undefined || path === undefined) return `${page}.md`;
  const web = `${place.origin}/${path}`;
  return `${web}${isGitLab(web, repos) ? '/-/wikis' : '/wiki'}/${page}`;
}

/** The commit in seven digits, and a link to it where its repository is shown anywhere. */
export function commitCell(sha: CommitSha, repo: LinkedRepo | undefined): string {
  const shown = `\`${shortSha(sha)}\``;
  const place = repo && placeOf(repo.url);
  if (repo === undefined || place === undefined) return shown;
  const web = `${place.origin}/${place.path}`;
  if (repo.forge === 'gitiles') return `[${shown}](${web}/+/${sha})`;
  return `[${shown}](${web}${isGitLab(web, [repo]) ? '/-' : ''}/commit/${shortSha(sha)})`;
}

/** What a wiki is called: its repository's name. */
export function wikiName(url: string): string {
  const name = url.replace(/\/+$/, '').split(/[/:]/).at(-1) ?? '';
  return name.replace(/\.git$/, '').replace(/\.wiki$/, '');
}

function isGitLab(web: string, repos: readonly LinkedRepo[]): boolean {
  const known = repos.find(({ url }) => sameRepoUrl(url, web));
  if (known !== undefined && known.forge !== 'git') return known.forge === 'gitlab';
  return new URL(web).hostname.split('.').includes('gitlab');
}
