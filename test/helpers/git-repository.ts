import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';

/** Nothing where a file is taken away. */
type File =
  | string
  | Buffer
  | null
  | { readonly mode: '100755' | '120000' | '160000'; readonly content: string };

export type NewCommit = {
  /** What the test calls it; its message too, unless there is another. */
  readonly name: string;
  readonly message?: string;
  /** Names of earlier commits. */
  readonly parents?: readonly string[];
  /** Added to the files of the first parent. */
  readonly files?: Readonly<Record<string, File>>;
};

/** A real bare repository in a folder that goes with the test. */
export type GitRepository = {
  readonly path: string;
  /** Adds commits that no branch reaches yet; their hashes by name, with all earlier ones. */
  grow(commits: readonly NewCommit[]): Promise<Record<string, CommitSha>>;
  /** Points a branch at a commit, forced, or removes it. */
  branch(name: string, commit: string | undefined): Promise<void>;
  git(...args: readonly string[]): Promise<string>;
};

export async function createGitRepository(t: ExecutionContext): Promise<GitRepository> {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'repository with space.git');
  await runGit(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', path]);
  await mkdir(join(path, 'hooks'));
  const git = (...args: readonly string[]) => runGit([`--git-dir=${path}`, ...args]);
  const shas: Record<string, CommitSha> = {};
  let time = Date.parse('2030-01-01T00:00:00Z') / 1000;

  async function grow(commits: readonly NewCommit[]) {
    const stream = commits.map(commit => {
      time += 60;
      return fastImport(commit, { time, shas, known: commits });
    });
    await runGit([`--git-dir=${path}`, 'fast-import', '--quiet'], Buffer.concat(stream));
    const refs = await git('for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/building');
    for (const line of refs.split('\n').filter(line => line !== '')) {
      const [name = '', sha = ''] = line.split(' ');
      shas[name] = sha;
    }
    return shas;
  }

  async function branch(name: string, commit: string | undefined) {
    if (commit === undefined) await git('update-ref', '-d', `refs/heads/${name}`);
    else await git('update-ref', `refs/heads/${name}`, shas[commit] ?? commit);
  }

  return { path, grow, branch, git };
}

export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-git-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

type Growing = {
  readonly time: number;
  readonly shas: Record<string, CommitSha>;
  readonly known: readonly NewCommit[];
};

/** https://git-scm.com/docs/git-fast-import */
function fastImport(
  { name, message = name, parents = [], files = {} }: NewCommit,
  { time, shas, known }: Growing,
): Buffer {
  const from = parents.map((parent, index) => {
    const mark = known.findIndex(commit => commit.name === parent);
    return `${index === 0 ? 'from' : 'merge'} ${mark === -1 ? shas[parent] : `:${mark + 1}`}\n`;
  });
  const mark = known.findIndex(commit => commit.name === name) + 1;
  const who = `Ada Lovelace <ada@example.com> ${time} +0100`;
  return Buffer.concat([
    Buffer.from(`commit refs/building/${name}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n`),
    data(Buffer.from(message)),
    Buffer.from(from.join('')),
    ...Object.entries(files).map(([path, file]) => {
      if (file === null) return Buffer.from(`D ${path}\n`);
      const { mode, content } =
        typeof file === 'string' || Buffer.isBuffer(file) ? { mode: '100644', content: file } : file;
      if (mode === '160000') return Buffer.from(`M ${mode} ${content} ${path}\n`);
      return Buffer.concat([Buffer.from(`M ${mode} inline ${path}\n`), data(Buffer.from(content))]);
    }),
  ]);
}

function data(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

function runGit(args: readonly string[], input?: Buffer): Promise<string> {
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return new Promise((resolve, reject) => {
    const child = execFile('git', args, { env, maxBuffer: 1 << 28 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.end(input);
  });
}
