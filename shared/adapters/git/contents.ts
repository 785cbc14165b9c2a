import type { CommitSha } from '../../domain/names/commit-sha.ts';
import type { Changes } from '../../ports/forge.ts';
import { isInTree } from './is-in-tree.ts';

type Told = { readonly doing: string; readonly input?: string };
/** Runs git in a repository. */
export type Repository = {
  run(args: readonly string[], told: Told): Promise<{ readonly stdout: Buffer }>;
  read(args: readonly string[], told: Told): Promise<string>;
};

/** Nobody reads more messages than these. */
const MOST_MESSAGES = 1_000;

/** The texts of files of a commit, by path; what is no file there is left out. */
export async function filesAt(
  git: Repository,
  sha: string,
  wanted: readonly string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  // git takes one path a line, and some as relative to where it runs.
  const paths = wanted.filter(path => isInTree(path) && !path.includes('\n'));
  if (paths.length === 0) return texts;
  const input = paths.map(path => `${sha}:${path}\n`).join('');
  const { stdout } = await git.run(['cat-file', '--batch'], { doing: `read files of commit ${sha}`, input });
  let start = 0;
  for (const path of paths) {
    const end = stdout.indexOf(10, start);
    const [, , kind, size] = /^(\S+) (\w+) (\d+)$/.exec(stdout.toString('utf8', start, end)) ?? [];
    start = end + 1;
    if (size === undefined) continue;
    if (kind === 'blob') texts.set(path, stdout.toString('utf8', start, start + Number(size)));
    start += Number(size) + 1;
  }
  return texts;
}

/** Paths that differ, both names of a file that moved. */
export async function changedFiles(git: Repository, from: string, to: string): Promise<string[]> {
  const options = ['diff', '--name-only', '-z', '--no-renames', '--no-ext-diff', '--end-of-options'];
  const doing = `compare the files of ${from} and ${to}`;
  const paths = (await git.read([...options, from, to, '--'], { doing })).split('\0');
  return paths.filter(path => path !== '').toSorted();
}

/** Whole messages of the commits that `from` does not have, newest first; of the commit alone without it. */
export async function messagesBetween(
  git: Repository,
  from: string | undefined,
  to: string,
): Promise<string[]> {
  const which = from === undefined ? ['-1', to] : [`-${MOST_MESSAGES}`, `${from}..${to}`];
  const options = ['log', '-z', '--no-show-signature', '--encoding=UTF-8', '--format=%B'];
  const text = await git.read([...options, ...which, '--'], { doing: `read the messages up to ${to}` });
  return text
    .split('\0')
    .map(message => message.trimEnd())
    .filter(message => message !== '');
}

export async function changesBetween(git: Repository, from: CommitSha, to: CommitSha): Promise<Changes> {
  const files = await changedFiles(git, from, to);
  return { files, messages: await messagesBetween(git, from, to) };
}
