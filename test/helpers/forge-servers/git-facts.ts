import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { GitRepository } from '../git-repository.ts';

/** `R100` and two paths, `M` and one. */
export type Difference = { readonly status: string; readonly old: string; readonly now: string };

export type CommitFact = {
  readonly id: string;
  readonly tree: string | undefined;
  readonly parents: readonly string[];
  readonly author: Who;
  readonly committer: Who;
  readonly message: string;
};
type Who = { readonly name: string | undefined; readonly email: string | undefined; readonly date: string };

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
  const known = new Map<string, ReturnType<typeof runGit>>();
  /** What is asked of hashes alone is so for ever, and asked once, unless they are not there yet. */
  async function git(...args: readonly string[]) {
    if (args[0] === 'rev-parse' || args[0] === 'for-each-ref') return runGit(path, args);
    const key = args.join('\0');
    const answer = known.get(key) ?? runGit(path, args);
    known.set(key, answer);
    const { code } = await answer;
    if (code !== 0) known.delete(key);
    return answer;
  }
  const text = async (...args: readonly string[]) => (await git(...args)).stdout.toString();

  async function has(sha: string): Promise<boolean> {
    return /^[0-9a-f]{40,64}$/.test(sha) && (await git('cat-file', '-e', `${sha}^{commit}`)).code === 0;
  }
  /** In the order in which they are asked for. */
  async function commits(shas: readonly string[]): Promise<CommitFact[]> {
    if (shas.length === 0) return [];
    const format = '--format=%H%x01%T%x01%P%x01%an%x01%ae%x01%aI%x01%cn%x01%ce%x01%cI%x01%B';
    const lines = (await text('log', '-z', '--no-walk=unsorted', format, ...shas)).split('\0');
    return lines.slice(0, -1).map(line => {
      const [id = '', tree, parents = '', an, ae, aI, cn, ce, cI, message] = line.split('\x01');
      return {
        id,
        tree,
        parents: parents.split(' ').filter(parent => parent !== ''),
        author: { name: an, email: ae, date: aI ?? '' },
        committer: { name: cn, email: ce, date: cI ?? '' },
        message: message ?? '',
      };
    });
  }

  return {
    has,
    /** Of commits in topological order, the newest first. */
    async list(...args: readonly string[]): Promise<string[]> {
      return (await text('rev-list', ...args)).split('\n').filter(line => line !== '');
    },
    /** Moved files are found as the forges find them. */
    async differences(from: string, to: string): Promise<Difference[]> {
      const fields = (await text('diff', '--name-status', '-M', '-z', from, to)).split('\0');
      const found: Difference[] = [];
      while (fields.length > 1) {
        const [status = '', old = ''] = fields.splice(0, 2);
        const now = status.startsWith('R') ? (fields.shift() ?? '') : old;
        found.push({ status: status.slice(0, 1), old, now });
      }
      return found;
    },
    async mergeBase(a: string, b: string): Promise<string | undefined> {
      return (await text('merge-base', a, b)).trim() || undefined;
    },
    async commit(sha: string): Promise<CommitFact> {
      const [fact] = await commits([sha]);
      if (fact === undefined) throw new Error(`There is no commit ${sha}`);
      return fact;
    },
    commits,
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
