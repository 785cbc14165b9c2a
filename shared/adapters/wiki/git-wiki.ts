import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitSha } from '../../domain/names/commit-sha.ts';
import { PermanentError } from '../../domain/permanent-error.ts';
import type { Log } from '../../ports/log.ts';
import type { Pages, Wiki, WikiEdit } from '../../ports/wiki.ts';
import { branchRef } from '../git/branch-ref.ts';
import { type Author, commitFiles } from '../git/commit-files.ts';
import { filesAt } from '../git/contents.ts';
import type { Environment } from '../git/environment.ts';
import { pauseAfterRace, RACES } from '../git/lost-races.ts';
import { createMirror, type Mirror } from '../git/mirror.ts';
import { push } from '../git/push.ts';
import { type Credentials, parseRemote } from '../git/remote.ts';
import { createGit } from '../git/run.ts';

export type GitWikiOptions = {
  readonly url: string;
  readonly branch: string;
  readonly author: Author;
  readonly credentials?: Credentials | undefined;
  /** A folder for clones, for one process at a time. */
  readonly root: string;
  readonly log: Log;
  readonly environment?: Environment | undefined;
  /** From 0 to 1, for the pauses after a lost race. */
  readonly chance?: () => number;
};

/**
 * The wiki of a forge, or any repository: one commit for all pages, made anew on what somebody else has pushed
 * meanwhile. A repository without a commit gets its first.
 *
 * @throws {PermanentError} for a URL or a branch that git must not be given.
 */
export function createGitWiki(options: GitWikiOptions): Wiki {
  const { author, log, chance = Math.random } = options;
  const { mirror, refresh, url } = openMirror(options);
  const ref = branchRef(options.branch);

  async function head(): Promise<CommitSha | undefined> {
    await refresh();
    const found = await mirror.run(['rev-parse', '--verify', '--quiet', ref], { doing: `read ${ref}` });
    return found.code === 0 ? found.stdout.toString().trim() : undefined;
  }

  async function pagesAt(commit: CommitSha | undefined, paths: readonly string[]): Promise<Pages> {
    return commit === undefined ? new Map() : await filesAt(mirror, commit, paths);
  }

  /** @returns nothing when somebody else was faster. */
  async function tryOnce(edit: WikiEdit, signal: AbortSignal): Promise<CommitSha | undefined> {
    const parent = await head();
    const { pages, message } = await edit(paths => pagesAt(parent, paths));
    const there = await pagesAt(parent, [...pages.keys()]);
    const changed = [...pages].filter(([path, text]) => there.get(path) !== text);
    if (changed.length === 0 && parent !== undefined) return parent;
    signal.throwIfAborted();
    const files = changed.map(([path, text]) => ({ path, mode: '100644', bytes: Buffer.from(text) }));
    const { sha, drop } = await commitFiles(mirror, { parent, message, author, files });
    const pushed = await push(mirror, { url, ref, parent: parent ?? '', commit: sha, signal }).finally(drop);
    log.info('Wiki pushed', { url, commit: sha, pages: files.length, outcome: pushed.kind });
    if (pushed.kind !== 'refused') return pushed.kind === 'landed' ? sha : undefined;
    throw new PermanentError(
      `Cannot push to wiki "${url}": the remote says "${pushed.reason}"; let headway push to branch "${options.branch}"`,
    );
  }

  return {
    read: async paths => await pagesAt(await head(), paths),
    async publish(edit, signal) {
      for (let tries = 1; tries <= RACES; tries += 1) {
        const commit = await tryOnce(edit, signal);
        if (commit !== undefined) return commit;
        await pauseAfterRace(tries, chance);
      }
      throw new Error(`Cannot push to wiki "${url}": others were faster ${RACES} times`);
    },
  };
}

type Opened = { readonly url: string; readonly mirror: Mirror; refresh(): Promise<void> };

/** By folder: only one may use it at a time. */
const open = new Map<string, Opened>();

/** A clone for the remote and who speaks to it. */
function openMirror({ url, credentials, root, log, environment }: GitWikiOptions): Opened {
  const remote = parseRemote(url, credentials);
  const identity = JSON.stringify([remote.url, credentials]);
  const folder = join(root, `wiki-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`);
  const found = open.get(folder);
  if (found !== undefined) return found;
  const temporary = join(folder, 'temporary');
  const git = createGit(remote, environment);
  const mirror = createMirror({ remote, git, path: join(folder, 'mirror.git'), temporary, log });
  const cleaned = rm(temporary, { recursive: true, force: true });
  cleaned.catch(() => {}); // awaited before the folder is used
  const refresh = async () => {
    await cleaned;
    await mirror.refresh();
  };
  const opened = { url: remote.url, mirror, refresh };
  open.set(folder, opened);
  return opened;
}
