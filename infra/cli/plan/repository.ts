import {
  changedFiles,
  filesAt,
  messagesBetween,
  type Repository,
} from '../../../shared/adapters/git/contents.ts';
import { createGit, type Git } from '../../../shared/adapters/git/run.ts';
import type { CommitSha } from '../../../shared/domain/names/commit-sha.ts';
import { CommandError, exitCodes } from '../command.ts';

/** The Git repository that a folder is in, as it is on this machine; nothing is fetched. */
export type LocalRepository = {
  /** The commit that a name, such as `HEAD~2` or a branch, stands for; nothing where there is none. */
  commit(name: string): Promise<CommitSha | undefined>;
  /** The branch that is checked out; nothing on a detached head. */
  currentBranch(): Promise<string | undefined>;
  /** What the remote `origin` calls its default branch, else `main` or `master`, whichever there is. */
  defaultBranch(): Promise<string | undefined>;
  /** Local branches and those of `origin`. */
  branches(): Promise<string[]>;
  mergeBase(a: string, b: string): Promise<CommitSha | undefined>;
  /** Paths that differ, both names of a file that moved. */
  changedFiles(from: string, to: string): Promise<string[]>;
  /** Whole messages of the commits that `from` does not have, newest first; of the commit alone without it. */
  messages(from: string | undefined, to: string): Promise<string[]>;
  /** The texts of files of a commit, by path; what is no file there is left out. */
  files(commit: string, paths: readonly string[]): Promise<Map<string, string>>;
};

/** @throws {CommandError} where the folder is in no repository. */
export async function openRepository(folder: string): Promise<LocalRepository> {
  const git = createGit({ url: folder });
  const found = await git.run(['rev-parse', '--git-dir'], { doing: 'find the repository', cwd: folder });
  if (found.code !== 0) {
    const message = `Cannot find a Git repository in "${folder}": run this in one, or name one with --folder`;
    throw new CommandError(message, exitCodes.failed);
  }
  const ask = askIn(git, folder);
  const here: Repository = {
    run: (args, told) => git.run(args, { ...told, cwd: folder }),
    read: (args, told) => git.read(args, { ...told, cwd: folder }),
  };
  const commit = (name: string) =>
    ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);

  return {
    commit,
    currentBranch: () => ask(['symbolic-ref', '--short', '--quiet', 'HEAD']),
    async defaultBranch() {
      const remote = await ask(['symbolic-ref', '--short', '--quiet', 'refs/remotes/origin/HEAD']);
      if (remote !== undefined) return remote.replace(/^origin\//, '');
      for (const name of ['main', 'master']) if (await commit(`refs/heads/${name}`)) return name;
      return undefined;
    },
    async branches() {
      const refs = await read(['for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/remotes/origin']);
      const names = refs.split('\n').map(ref => ref.replace(/^refs\/(?:heads|remotes\/origin)\//, ''));
      return [...new Set(names)].filter(name => name !== '' && name !== 'HEAD');
    },
    mergeBase: (a, b) => ask(['merge-base', a, b]),
    changedFiles: (from, to) => changedFiles(here, from, to),
    messages: (from, to) => messagesBetween(here, from, to),
    files: (at, wanted) => filesAt(here, at, wanted),
  };

  function read(args: readonly string[]): Promise<string> {
    return git.read(args, { doing: `read the repository in "${folder}"`, cwd: folder });
  }
}

/** The one line that git answers; nothing where it has no answer. */
function askIn(git: Git, cwd: string) {
  return async (args: readonly string[]): Promise<string | undefined> => {
    const { code, stdout } = await git.run(args, { doing: `ask git about "${cwd}"`, cwd });
    const line = stdout.toString('utf8').trim();
    return code === 0 && line !== '' ? line : undefined;
  };
}
