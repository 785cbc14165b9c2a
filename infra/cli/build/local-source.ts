import { tmpdir } from 'node:os';
import { checkOut } from '../../../shared/adapters/forge/git-checkout.ts';
import { createGit } from '../../../shared/adapters/git/run.ts';
import type { CommitSha } from '../../../shared/domain/names/commit-sha.ts';
import type { Checkout } from '../../../shared/ports/forge.ts';

/** What a build takes of a repository on this machine: exactly what is committed. */
export type LocalSource = {
  readonly commit: CommitSha;
  readonly checkout: Checkout;
  /** Milliseconds since the Unix epoch. */
  readonly committedAt: number;
  /** Where the repository was cloned from, without credentials. */
  readonly url: string | undefined;
};

/** The files of a commit in a folder of their own. Whoever asks removes it. */
export async function openSource(folder: string, commit: CommitSha): Promise<LocalSource> {
  const git = createGit({ url: folder });
  const ask = async (args: readonly string[]) => {
    const { code, stdout } = await git.run(args, {
      doing: `read the repository in "${folder}"`,
      cwd: folder,
    });
    return code === 0 ? stdout.toString('utf8').trim() : '';
  };
  const path = await ask(['rev-parse', '--absolute-git-dir']);
  const seconds = await ask(['show', '--no-patch', '--format=%ct', commit]);
  const read: typeof git.read = (args, told) => git.read([`--git-dir=${path}`, ...args], told);
  const checkout = await checkOut({ path, read }, { sha: commit, temporary: tmpdir() });
  const url = withoutUser(await ask(['config', '--get', 'remote.origin.url']));
  return { commit, checkout, committedAt: Number(seconds) * 1_000, url };
}

/** `https://user:token@host/path` must not end in labels. What is no URL, such as `git@host:path`, has no password. */
function withoutUser(address: string): string | undefined {
  if (address === '') return undefined;
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
