import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../../ports/log.ts';
import { coalesce } from './coalesce.ts';
import { type Remote, trustOwner } from './remote.ts';
import { type Git, type GitRun, gitError } from './run.ts';
import { removeStaleLock } from './stale-lock.ts';

const MINUTE = 60_000;
const REFSPECS = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];

/** A bare copy of a remote repository. It forgets no commit that it ever had, also when history is rewritten. */
export interface Mirror extends Git {
  readonly path: string;
  /** Branches and tags as the remote has them now. One transfer at a time; those who wait share the next. */
  refresh(): Promise<void>;
  /** Fetches everything anew if the copy is damaged. @returns whether it was. */
  heal(): Promise<boolean>;
}

/**
 * Made on first use, under another name until it is whole, so that a process that was killed leaves nothing half.
 *
 * @param path where it is kept; only one process may use it at a time.
 * @param temporary a folder of the same file system whose contents nobody misses.
 */
export function createMirror({
  remote,
  git,
  path,
  temporary,
  log,
}: {
  readonly remote: Remote;
  readonly git: Git;
  readonly path: string;
  readonly temporary: string;
  readonly log: Log;
}): Mirror {
  const here = [`--git-dir=${path}`];
  const doing = `fetch "${remote.url}"`;
  const opened = coalesce(open);
  const heal = coalesce(replaceIfDamaged);
  let whole = false;

  async function open(): Promise<void> {
    if (whole) return;
    const found = await git.run([...here, 'rev-parse', '--is-bare-repository'], { doing: `read "${path}"` });
    if (found.stdout.toString().trim() !== 'true') await replaceByClone();
    whole = true;
  }

  async function replaceByClone(): Promise<void> {
    const [fresh, old] = [join(temporary, randomUUID()), join(temporary, randomUUID())];
    await Promise.all([mkdir(temporary, { recursive: true }), mkdir(dirname(path), { recursive: true })]);
    const flags = [
      '--bare',
      '--no-local',
      '--quiet',
      '--template=',
      ...trustOwner(remote.url, 'upload-pack'),
    ];
    await git.read(['clone', ...flags, '--', remote.url, fresh], {
      doing: `clone "${remote.url}"`,
      timeout: 30 * MINUTE,
    });
    await takeOver(fresh);
    await rename(path, old).catch(ignoreMissing);
    await rename(fresh, path);
    await rm(old, { recursive: true, force: true });
  }

  /** What a damaged copy still has of its branches and of what it kept; nothing when there was no copy. */
  async function takeOver(fresh: string): Promise<void> {
    const format = '--format=+%(refname):refs/headway/kept/%(objectname)';
    const refs = ['for-each-ref', format, 'refs/heads', 'refs/headway/kept'];
    const { code, stdout } = await git.run([...here, ...refs], { doing });
    if (code !== 0) return;
    const fetchKept = ['fetch', '--quiet', '--no-write-fetch-head', '--no-tags', '--stdin', '--', path];
    await git.run([`--git-dir=${fresh}`, ...fetchKept], { doing, input: stdout, timeout: 30 * MINUTE });
  }

  async function replaceIfDamaged(): Promise<boolean> {
    const check = ['fsck', '--connectivity-only', '--no-dangling', '--no-progress'];
    const checked = await git.run([...here, ...check], { doing: `check "${path}"`, timeout: 10 * MINUTE });
    if (checked.code === 0) return false;
    log.warn('Git mirror was damaged and is fetched anew', { url: remote.url });
    await replaceByClone();
    return true;
  }

  async function fetch(): Promise<void> {
    await opened();
    const before = await heads();
    const flags = ['--quiet', '--force', '--prune', '--no-write-fetch-head', '--no-recurse-submodules'];
    const trust = trustOwner(remote.url, 'upload-pack');
    const args = [...here, 'fetch', ...flags, ...trust, '--', remote.url, ...REFSPECS];
    for (let tries = 3; ; tries -= 1) {
      const fetched = await git.run(args, { doing, timeout: 5 * MINUTE });
      if (fetched.code === 0) break;
      if (tries > 0 && (await removeStaleLock(fetched.stderr, path))) continue;
      if (await heal()) break;
      throw gitError(doing, fetched);
    }
    await keep(before);
  }

  /** A ref for each head from which its branch turned away, so that packing keeps its commits together. */
  async function keep(before: ReadonlySet<string>): Promise<void> {
    const after = await heads();
    const left = [...before].filter(sha => !after.has(sha));
    if (left.length === 0) return;
    const input = [...left, ...[...after].map(sha => `^${sha}`), ''].join('\n');
    const unreachable = await git.read([...here, 'rev-list', '--stdin'], { doing, input });
    const lost = unreachable.split('\n').filter(sha => before.has(sha));
    const updates = lost.map(sha => `update refs/headway/kept/${sha} ${sha}\n`).join('');
    await git.read([...here, 'update-ref', '--stdin'], { doing, input: updates });
  }

  async function heads(): Promise<Set<string>> {
    const listed = await git.read([...here, 'for-each-ref', '--format=%(objectname)', 'refs/heads'], {
      doing,
    });
    return new Set(listed.split('\n').filter(line => line !== ''));
  }

  async function inside<R>(work: (args: readonly string[], how: GitRun) => Promise<R>, [args, how]: Call) {
    await opened();
    return work([...here, ...args], how);
  }

  return {
    path,
    refresh: coalesce(fetch),
    heal,
    run: (...call) => inside(git.run, call),
    read: (...call) => inside(git.read, call),
  };
}

type Call = [args: readonly string[], how: GitRun];

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
