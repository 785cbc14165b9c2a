import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommitSha, isCommitSha } from '../../domain/names/commit-sha.ts';
import type { Ordered } from '../../domain/order/relations.ts';
import { PermanentError } from '../../domain/permanent-error.ts';
import { type CommitFacts, type Forge, MissingCommit } from '../../ports/forge.ts';
import type { Log } from '../../ports/log.ts';
import { branchRef } from '../git/branch-ref.ts';
import { changesBetween, filesAt } from '../git/contents.ts';
import type { Environment } from '../git/environment.ts';
import { createMirror, type Mirror } from '../git/mirror.ts';
import { type Credentials, parseRemote } from '../git/remote.ts';
import { createGit } from '../git/run.ts';
import { checkOut } from './git-checkout.ts';

export type GitRepo = { readonly url: string; readonly credentials?: Credentials | undefined };

/**
 * A forge that is nothing but Git: a mirror of each repo, made on first use, fetched when a commit is not known.
 *
 * @param root a folder of its own, for one process at a time; checkouts that were left in it are removed.
 * @throws {PermanentError} at once for a URL that git must not be given; later for a repo that is not there.
 * Whatever the network does is thrown as it is, and may pass by itself.
 */
export function createGitForge({
  repos,
  root,
  log,
  environment,
}: {
  readonly repos: Readonly<Record<string, GitRepo>>;
  readonly root: string;
  readonly log: Log;
  readonly environment?: Environment;
}): Forge {
  const temporary = join(root, 'temporary');
  const cleaned = rm(temporary, { recursive: true, force: true });
  cleaned.catch(() => {}); // whoever needs the folder awaits it below
  const mirrors = new Map(
    Object.entries(repos).map(([name, { url, credentials }]) => {
      const remote = parseRemote(url, credentials);
      const path = join(root, 'mirrors', folderName(name, remote.url));
      return [name, createMirror({ remote, git: createGit(remote, environment), path, temporary, log })];
    }),
  );

  async function mirrorOf(repo: string): Promise<Mirror> {
    const mirror = mirrors.get(repo);
    if (mirror === undefined) throw new PermanentError(`Cannot read repo "${repo}": it is not configured`);
    await cleaned;
    return mirror;
  }

  return {
    async compare(repo, a, b) {
      const mirror = await mirrorOf(repo);
      if (!(await isThere(mirror, a, b))) return { relation: 'unknown' };
      return order(mirror, a, b);
    },
    async commit(repo, sha) {
      const mirror = await mirrorOf(repo);
      return (await isThere(mirror, sha)) ? factsOf(mirror, sha) : undefined;
    },
    async head(repo, branch) {
      const mirror = await mirrorOf(repo);
      const ref = branchRef(branch);
      await mirror.refresh();
      const found = await mirror.run(['rev-parse', '--verify', '--quiet', ref], { doing: `read ${ref}` });
      return found.code === 0 ? found.stdout.toString().trim() : undefined;
    },
    async checkout(repo, sha) {
      const mirror = await mirrorOf(repo);
      if (!(await isThere(mirror, sha))) {
        throw new MissingCommit('check out', { repo, commit: sha });
      }
      return checkOut(mirror, { sha, temporary }).catch(async error => {
        if (await mirror.heal()) return checkOut(mirror, { sha, temporary });
        throw error;
      });
    },
    async files(repo, sha, paths) {
      const mirror = await mirrorOf(repo);
      await found(repo, mirror, sha);
      return filesAt(mirror, sha, paths);
    },
    async changes(repo, from, to) {
      const mirror = await mirrorOf(repo);
      await found(repo, mirror, to, from);
      return changesBetween(mirror, from, to);
    },
    report: async () => {},
  };
}

async function found(repo: string, mirror: Mirror, ...shas: readonly CommitSha[]): Promise<void> {
  const commit = await missing(mirror, shas);
  if (commit !== undefined) throw new MissingCommit('read', { repo, commit });
}

/** Another URL is another mirror: the same name may come to mean another repository. */
function folderName(name: string, url: string): string {
  return `${encodeURIComponent(name)}-${createHash('sha256').update(url).digest('hex').slice(0, 12)}.git`;
}

/** Whether the mirror has all of these commits, if need be after a fetch. */
async function isThere(mirror: Mirror, ...shas: readonly CommitSha[]): Promise<boolean> {
  return (await missing(mirror, shas)) === undefined;
}

/** The first of these commits that the mirror does not have, not even after a fetch. */
async function missing(mirror: Mirror, shas: readonly CommitSha[]): Promise<CommitSha | undefined> {
  const wrong = shas.find(sha => !isCommitSha(sha));
  if (wrong !== undefined) {
    throw new PermanentError(`Cannot look up commit "${wrong}": expected a full hash of 40 or 64 hex digits`);
  }
  if ((await missingNow(mirror, shas)) === undefined) return undefined;
  await mirror.refresh();
  return missingNow(mirror, shas);
}

async function missingNow(mirror: Mirror, shas: readonly CommitSha[]): Promise<CommitSha | undefined> {
  const input = `${shas.join('\n')}\n`;
  const format = '--batch-check=%(objectname) %(objecttype)';
  const lines = (await mirror.read(['cat-file', format], { doing: 'look up commits', input })).split('\n');
  return shas.find((sha, index) => lines[index] !== `${sha} commit`);
}

/**
 * Newer means that the other is an ancestor, on whichever side of a merge. That is more than the first-parent path
 * of Skia's watcher, which took a commit that came in through a branch for unrelated to the merge.
 */
async function order(mirror: Mirror, a: CommitSha, b: CommitSha): Promise<Ordered> {
  if (a === b) return { relation: 'same', distance: 0 };
  if (await isAncestor(mirror, b, a)) return { relation: 'newer', distance: await count(mirror, b, a) };
  if (await isAncestor(mirror, a, b)) return { relation: 'older', distance: await count(mirror, a, b) };
  return { relation: 'diverged' };
}

async function isAncestor(mirror: Mirror, ancestor: CommitSha, descendant: CommitSha): Promise<boolean> {
  const doing = `compare commits ${ancestor} and ${descendant}`;
  const args = ['merge-base', '--is-ancestor', ancestor, descendant];
  const { code, stderr } = await mirror.run(args, { doing });
  if (code > 1 || code < 0) throw new Error(`Cannot ${doing}: git says "${stderr.trim()}"`);
  return code === 0;
}

/** How many commits the later one has that the earlier one has not. */
async function count(mirror: Mirror, earlier: CommitSha, later: CommitSha): Promise<number> {
  const args = ['rev-list', '--count', `${earlier}..${later}`];
  return Number(await mirror.read(args, { doing: `count commits from ${earlier} to ${later}` }));
}

async function factsOf(mirror: Mirror, sha: CommitSha): Promise<CommitFacts> {
  const format = '--format=%P%x00%an%x00%ct%x00%s';
  const args = ['log', '-1', '--no-show-signature', '--no-notes', '--encoding=UTF-8', format, sha];
  const printed = await mirror.read(args, { doing: `read commit ${sha}` });
  const [parents = '', author = '', seconds = '', subject = ''] = printed.trimEnd().split('\0');
  return {
    sha,
    parents: parents.split(' ').filter(parent => parent !== ''),
    author,
    subject,
    committedAt: new Date(Number(seconds) * 1000).toISOString(),
  };
}
