import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { GitRepository } from '../git-repository.ts';

export type TreeLine = {
  readonly mode: string;
  readonly type: string;
  readonly id: string;
  readonly path: string;
  readonly size: number | undefined;
};

/** What the servers tell of a bare repository, as git itself tells it. */
export type GitFacts = ReturnType<typeof gitFacts>;

export function gitFacts({ path }: Pick<GitRepository, 'path'>) {
  const git = (...args: readonly string[]) => runGit(path, args);
  const text = async (...args: readonly string[]) => (await git(...args)).stdout.toString();

  async function has(sha: string): Promise<boolean> {
    return /^[0-9a-f]{40,64}$/.test(sha) && (await git('cat-file', '-e', `${sha}^{commit}`)).code === 0;
  }
  return {
    has,
    /** Of commits in topological order, the newest first. */
    async list(...args: readonly string[]): Promise<string[]> {
      return (await text('rev-list', ...args)).split('\n').filter(line => line !== '');
    },
    async mergeBase(a: string, b: string): Promise<string | undefined> {
      return (await text('merge-base', a, b)).trim() || undefined;
    },
    async commit(sha: string) {
      const format = '--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B';
      const [id, tree, parents = '', an, ae, aI, cn, ce, cI, message] = (
        await text('log', '-1', format, sha)
      ).split('\0');
      return {
        id,
        tree,
        parents: parents.split(' ').filter(parent => parent !== ''),
        author: { name: an, email: ae, date: aI ?? '' },
        committer: { name: cn, email: ce, date: cI ?? '' },
        message: message ?? '',
      };
    },
    async branch(name: string): Promise<string | undefined> {
      return (await text('rev-parse', '--verify', '--quiet', `refs/heads/${name}`)).trim() || undefined;
    },
    async branches(): Promise<Record<string, string>> {
      const lines = (await text('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads')).trim();
      return Object.fromEntries(lines.split('\n').map(line => line.split(' ') as [string, string]));
    },
    async tree(id: string, ...options: readonly string[]): Promise<TreeLine[]> {
      const lines = (await text('ls-tree', '-z', '-l', ...options, id))
        .split('\0')
        .filter(line => line !== '');
      return lines.map(line => {
        const [, mode = '', type = '', id = '', size = '', path = ''] =
          /^(\S+) (\S+) (\S+) +(\S+)\t(.*)$/s.exec(line) ?? [];
        return { mode, type, id, path, size: size === '-' ? undefined : Number(size) };
      });
    },
    async blob(name: string): Promise<Buffer | undefined> {
      const { code, stdout } = await git('cat-file', 'blob', name);
      return code === 0 ? stdout : undefined;
    },
    async archive(sha: string, prefix: string): Promise<Buffer> {
      return (await git('archive', '--format=tar.gz', `--prefix=${prefix}`, sha)).stdout;
    },
  };
}

async function runGit(path: string, args: readonly string[]) {
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const child = spawn('git', [`--git-dir=${path}`, ...args], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', chunk => chunks.push(chunk));
  const [code] = await once(child, 'close');
  return { code: Number(code), stdout: Buffer.concat(chunks) };
}
