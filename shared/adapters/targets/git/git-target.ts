import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { listReferences } from '../../../domain/manifests/list-references.ts';
import { summariseReferences } from '../../../domain/manifests/summary.ts';
import { repositoryName } from '../../../domain/names/image-reference.ts';
import type { Log } from '../../../ports/log.ts';
import type { Target } from '../../../ports/target.ts';
import type { Environment } from '../../git/environment.ts';
import { type Credentials, parseRemote } from '../../git/remote.ts';
import { missingBranch } from './answers.ts';
import { createBranchReader } from './branch-reader.ts';
import { createBranchWriter } from './branch-writer.ts';
import type { Author } from './commit-files.ts';
import { matchesSome } from './edits.ts';

export type GitTargetOptions = {
  readonly url: string;
  readonly branch: string;
  /** Patterns of the files to look in, e.g. `clusters/prod/*.yaml`. */
  readonly files: readonly string[];
  /** Author and committer of headway's commits. */
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
 * A repository of manifests that somebody else applies. A service runs a digest here when every reference to its
 * image says `name@digest` on the remote's branch.
 *
 * @throws {PermanentError} for a URL or a branch that git must not be given.
 */
export function createGitTarget(options: GitTargetOptions): Target {
  const { files } = options;
  const { reader, write } = openBranch(options);
  return {
    async list(signal) {
      const head = await reader.head();
      signal.throwIfAborted();
      if (head === undefined) throw new Error(await missingBranch(reader));
      const manifests = await reader.read(head, path => matchesSome(path, files));
      return listReferences(manifests.flatMap(({ references }) => references()));
    },
    async observe(_name, _service, image) {
      try {
        const head = await reader.head();
        if (head === undefined) return { state: 'unknown', reason: await missingBranch(reader) };
        const manifests = await reader.read(head, path => matchesSome(path, files));
        const repositories = new Set([repositoryName(image)]);
        const references = manifests.flatMap(({ path, references }) =>
          references(repositories).map(reference => ({ ...reference, path })),
        );
        const written = await reader.written(head);
        return summariseReferences(references, { digest: image.digest, written });
      } catch (error) {
        return { state: 'unknown', reason: error instanceof Error ? error.message : String(error) };
      }
    },
    deploy: (order, signal) => write(order, { files, signal }),
  };
}

type OpenBranch = {
  readonly reader: ReturnType<typeof createBranchReader>;
  readonly write: ReturnType<typeof createBranchWriter>;
};

/** By folder: two targets on one branch share its clone and its writer, so that they do not race each other. */
const open = new Map<string, OpenBranch>();

function openBranch(options: GitTargetOptions): OpenBranch {
  const { branch, author, root, log, environment, chance = Math.random } = options;
  const remote = parseRemote(options.url, options.credentials);
  const identity = JSON.stringify([remote.url, branch, author, remote.credentials?.username]);
  const folder = join(root, createHash('sha256').update(identity).digest('hex').slice(0, 16));
  const found = open.get(folder);
  if (found !== undefined) return found;
  const reader = createBranchReader({ remote, name: branch, folder, log, environment });
  const opened = { reader, write: createBranchWriter({ branch: reader, author, log, chance }) };
  open.set(folder, opened);
  return opened;
}
