export type ApiForgeKind = 'github' | 'gitlab' | 'gitea' | 'gitiles';

export type ApiAddress = {
  /** Where the API begins, without a slash at the end. For gitiles that is the repository itself. */
  readonly base: string;
  /** What the forge calls the repository: `owner/name`, for gitlab with any number of groups. */
  readonly repository: string;
};

/**
 * Where a forge's API speaks of a repository: from the URL that git clones, and from the API's own when that is
 * given. Nothing when the URL has no host, or too few names behind it.
 *
 * - github: https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api, on a server of
 *   one's own https://docs.github.com/en/enterprise-server/rest
 * - gitlab: https://docs.gitlab.com/api/rest/
 * - gitea: https://docs.gitea.com/development/api-usage
 * - gitiles: https://gerrit.googlesource.com/gitiles/
 */
export function apiAddress({
  forge,
  url,
  api,
}: {
  readonly forge: ApiForgeKind;
  readonly url: string;
  readonly api?: string | undefined;
}): ApiAddress | undefined {
  const place = placeOf(url);
  const names = place?.path.split('/') ?? [];
  if (place === undefined || names.includes('') || (forge !== 'gitiles' && names.length < 2))
    return undefined;
  const given = api?.replace(/\/+$/, '');
  if (forge === 'gitiles') return { base: given ?? `${place.origin}/${place.path}`, repository: place.path };
  if (forge === 'gitlab') {
    const base = given ?? `${place.origin}/api/v4`;
    return { base, repository: withoutRoot(place.path, base) };
  }
  // What stands before the owner is where the forge is installed.
  const root = [place.origin, ...names.slice(0, -2)].join('/');
  const usual = forge === 'github' ? githubApi(root) : `${root}/api/v1`;
  return { base: given ?? usual, repository: names.slice(-2).join('/') };
}

/** github.com and its kin in the cloud have a host for the API, a server of one's own has a path. */
function githubApi(root: string): string {
  const { protocol, host } = new URL(root);
  const hasHost = host === 'github.com' || host.endsWith('.ghe.com');
  return hasHost ? `${protocol}//api.${host}` : `${root}/api/v3`;
}

/** The groups and the project, without the path that GitLab is installed under. */
function withoutRoot(path: string, base: string): string {
  const root = /^\/(.+)\/api\/v\d+$/.exec(new URL(base).pathname)?.[1];
  return root !== undefined && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

/** Git takes `host:path` for ssh when no slash stands before the colon. https://git-scm.com/docs/git-clone#_git_urls */
export function placeOf(url: string): { readonly origin: string; readonly path: string } | undefined {
  const [, host, path] = /^(?:[^@/:]+@)?([^/:@[\]]+):(?!\/\/)(.+)$/.exec(url) ?? [];
  if (host !== undefined && path !== undefined) return placeOf(`ssh://${host}/${path}`);
  const parsed = URL.parse(url);
  if (parsed === null || !/^(?:https?|ssh):$/.test(parsed.protocol) || parsed.hostname === '')
    return undefined;
  // A forge's ssh port is not its web port.
  const origin = parsed.protocol === 'ssh:' ? `https://${parsed.hostname}` : parsed.origin;
  return { origin: origin.toLowerCase(), path: tidy(parsed.pathname) };
}

function tidy(path: string): string {
  const trimmed = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  try {
    return decodeURIComponent(trimmed);
  } catch {
    return trimmed;
  }
}
