import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { WrittenBefore } from '../../../domain/manifests/judge-reference.ts';
import type { CommitSha } from '../../../domain/names/commit-sha.ts';
import type { Log } from '../../../ports/log.ts';
import { branchRef } from '../../git/branch-ref.ts';
import type { Environment } from '../../git/environment.ts';
import { createMirror, type Mirror } from '../../git/mirror.ts';
import type { Remote } from '../../git/remote.ts';
import { createGit } from '../../git/run.ts';
import { createManifestTree, type ManifestFile } from './manifest-tree.ts';
import { createWrittenDigests } from './written-digests.ts';

/** A branch of manifests, as it is at the remote. */
export interface BranchReader {
  readonly name: string;
  readonly url: string;
  readonly ref: string;
  readonly mirror: Mirror;
  /** The newest commit at the remote; `undefined` when there is no such branch. */
  head(): Promise<CommitSha | undefined>;
  /** Whether the repository has no branch at all, as of the last look. */
  isEmpty(): Promise<boolean>;
  read(commit: CommitSha, isWanted: (path: string) => boolean): Promise<readonly ManifestFile[]>;
  written(head: CommitSha): Promise<WrittenBefore>;
}

/** @param folder its own; only one process may use it at a time. */
export function createBranchReader({
  remote,
  name,
  folder,
  log,
  environment,
  kept = [],
}: {
  readonly remote: Remote;
  readonly name: string;
  readonly folder: string;
  readonly log: Log;
  readonly environment: Environment | undefined;
  /** Where else than on the branch headway's own commits may be, as git log takes it. */
  readonly kept?: readonly string[];
}): BranchReader {
  const ref = branchRef(name);
  const git = createGit(remote, environment);
  const [path, temporary] = [join(folder, 'mirror.git'), join(folder, 'temporary')];
  const mirror = createMirror({ remote, git, path, temporary, log });
  const cleaned = rm(temporary, { recursive: true, force: true });
  cleaned.catch(() => {}); // awaited before the folder is used
  return {
    name,
    url: remote.url,
    ref,
    mirror,
    async head() {
      await cleaned;
      await mirror.refresh();
      const found = await mirror.run(['rev-parse', '--verify', '--quiet', ref], { doing: `read ${ref}` });
      return found.code === 0 ? found.stdout.toString().trim() : undefined;
    },
    async isEmpty() {
      return (
        (await mirror.read(['for-each-ref', '--count=1', 'refs/heads'], { doing: 'list branches' })) === ''
      );
    },
    read: createManifestTree(mirror),
    written: createWrittenDigests(mirror, kept),
  };
}
