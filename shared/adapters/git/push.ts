import type { CommitSha } from '../../domain/names/commit-sha.ts';
import type { Mirror } from './mirror.ts';
import { trustOwner } from './remote.ts';
import { gitError } from './run.ts';

export type Pushed =
  | { readonly kind: 'landed' }
  /** Somebody else was faster. */
  | { readonly kind: 'lost' }
  /** A rule of the remote forbids it, in its words. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Moves the remote's branch from exactly `parent` (empty: there is no such branch) to `commit`: not when it moved meanwhile, and not either when it
 * was set back, which a plain push would undo.
 *
 * @throws {Error} when it is not known what came of it, as when the remote is down.
 */
export async function push(
  mirror: Mirror,
  {
    url,
    ref,
    parent,
    commit,
    signal,
  }: {
    readonly url: string;
    readonly ref: string;
    readonly parent: CommitSha;
    readonly commit: CommitSha;
    readonly signal: AbortSignal;
  },
): Promise<Pushed> {
  const doing = `push to "${url}"`;
  const flags = ['--porcelain', '--no-verify', `--force-with-lease=${ref}:${parent}`];
  flags.push(...trustOwner(url, 'receive-pack'));
  const result = await mirror.run(['push', ...flags, '--', url, `${commit}:${ref}`], { doing, signal });
  if (result.code === 0) return { kind: 'landed' };
  // https://git-scm.com/docs/git-push#_output: flag, from:to, summary, with tabs between
  const summary = /^!\t[^\t]*\t(.*)$/m.exec(result.stdout.toString())?.[1];
  if (summary === undefined) throw gitError(doing, result);
  const isRace = summary.startsWith('[rejected]') || /lock|failed to update|old value/.test(summary);
  return isRace
    ? { kind: 'lost' }
    : { kind: 'refused', reason: `${summary} ${remoteWords(result.stderr)}`.trim() };
}

/** What the remote's hook had to say. */
function remoteWords(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line.startsWith('remote: '));
  return lines
    .map(line => line.slice('remote: '.length).trim())
    .join(' ')
    .slice(0, 500);
}

/** Removes a branch of the remote, unless it moved meanwhile: then it stays. */
export async function removeBranch(
  mirror: Mirror,
  { url, ref, tip }: { readonly url: string; readonly ref: string; readonly tip: CommitSha },
): Promise<void> {
  const flags = ['--no-verify', `--force-with-lease=${ref}:${tip}`, ...trustOwner(url, 'receive-pack')];
  await mirror.run(['push', ...flags, '--', url, `:${ref}`], { doing: `remove ${ref} of "${url}"` });
}
