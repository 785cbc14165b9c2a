/**
 * Whether both name the same repository: `https://`, `ssh://`, `git://`, `user@host:path`, with or without
 * credentials, `.git` and the usual port, the host in any case. A path of this machine is only equal to itself.
 * Nothing is the same as an empty text.
 */
export function sameRepoUrl(a: string, b: string): boolean {
  const [left, right] = [parse(a), parse(b)];
  if (left === undefined || right === undefined) return false;
  if (left.host !== right.host || left.path !== right.path) return false;
  // A forge's ssh and web ports differ; two web servers on one host are told apart by theirs.
  return left.family !== right.family || left.port === right.port;
}

type RepoUrl = {
  readonly family: 'web' | 'ssh' | 'git' | 'file';
  readonly host: string;
  readonly port: string;
  readonly path: string;
};
const FAMILIES: ReadonlyMap<string, RepoUrl['family']> = new Map([
  ['http:', 'web'],
  ['https:', 'web'],
  ['ssh:', 'ssh'],
  ['git+ssh:', 'ssh'],
  ['git:', 'git'],
  ['file:', 'file'],
]);
const USUAL_PORTS = { web: ['80', '443'], ssh: ['22'], git: ['9418'], file: [] } as const;
/** Git takes `host:path` for ssh when no slash stands before the colon. https://git-scm.com/docs/git-clone#_git_urls */
const SCP_LIKE = /^(?:[^@/:]+@)?([^/:@[\]]+|\[[^\]]+\]):(?!\/\/)(.+)$/;

function parse(text: string): RepoUrl | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const [, host, path] = SCP_LIKE.exec(trimmed) ?? [];
  if (host !== undefined && path !== undefined) {
    return { family: 'ssh', host: host.toLowerCase(), port: '', path: tidy(path) };
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) return local(trimmed);
  const url = URL.parse(trimmed);
  const family = FAMILIES.get(url?.protocol ?? '');
  if (url === null || family === undefined) return undefined;
  if (family === 'file') return local(url.pathname);
  const usual: readonly string[] = USUAL_PORTS[family];
  const port = usual.includes(url.port) ? '' : url.port;
  return { family, host: url.hostname.toLowerCase(), port, path: tidy(url.pathname) };
}

function local(path: string): RepoUrl {
  return { family: 'file', host: '', port: '', path: `/${tidy(path)}` };
}

function tidy(path: string): string {
  return decode(path)
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
