import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { listReferences } from '../../../domain/manifests/list-references.ts';
import { summariseReferences } from '../../../domain/manifests/summary.ts';
import { repositoryName } from '../../../domain/names/image-reference.ts';
import type { Log } from '../../../ports/log.ts';
import type { Target } from '../../../ports/target.ts';
import type { Author } from '../../git/commit-files.ts';
import type { Environment } from '../../git/environment.ts';
import { type Credentials, parseRemote } from '../../git/remote.ts';
import { answerOf } from '../outcome.ts';
import { missingBranch } from './answers.ts';
import { createAppliedFiles } from './applied-files.ts';
import { type BranchApplier, createBranchApplier } from './apply-branch.ts';
import { createBranchReader } from './branch-reader.ts';
import { createBranchWriter } from './branch-writer.ts';
import { matchesSome } from './edits.ts';
import { createKubectl, type KubectlOptions } from './kubectl.ts';
import { createCommitLanding } from './land-commit.ts';
import { createPullLanding } from './land-pull.ts';
import { createProposalObserver } from './observe-proposal.ts';
import type { Pulls } from './pulls/pulls.ts';

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
  /** Proposes changes by this branch, instead of committing them. */
  readonly pullRequest?: { readonly branch: string; readonly pulls: Pulls } | undefined;
  /** Has kubectl apply what is committed; not with a pull request. */
  readonly apply?:
    | (Pick<KubectlOptions, 'kubeconfig' | 'context' | 'patience' | 'redact'> & {
        /** Milliseconds in which a mere look does not try again what failed. */
        readonly pause?: number;
      })
    | undefined;
  /** From 0 to 1, for the pauses after a lost race. */
  readonly chance?: () => number;
};

/**
 * A repository of manifests that somebody else applies, or kubectl. A service runs a digest here when every reference
 * to its image says `name@digest` on the remote's branch; with a pull request that is when it is merged, with `apply`
 * when kubectl has applied the files with these references.
 *
 * @throws {PermanentError} for a URL or a branch that git must not be given.
 */
export function createGitTarget(options: GitTargetOptions): Target {
  const { files } = options;
  const { reader, write, proposed, applier } = openBranch(options);
  return {
    async list(signal) {
      const head = await reader.head();
      signal.throwIfAborted();
      if (head === undefined) throw new Error(await missingBranch(reader));
      const manifests = await reader.read(head, path => matchesSome(path, files));
      const listed = listReferences(manifests.flatMap(({ references }) => references()));
      const unapplied = await applier?.unapplied(manifests);
      return listed.map(({ digest, ...declared }) => {
        const isThere =
          digest !== undefined && !unapplied?.has(`${repositoryName(declared.image)}@${digest}`);
        return isThere ? { ...declared, digest } : declared;
      });
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
        const summary = summariseReferences(references, { digest: image.digest, written });
        if (applier !== undefined && summary.state === 'running') {
          const paths = [...new Set(references.map(({ path }) => path))];
          return (await applier.look(`${repositoryName(image)}@${summary.digest}`, paths)) ?? summary;
        }
        return (await proposed?.(image, { head, summary })) ?? summary;
      } catch (error) {
        return { state: 'unknown', reason: error instanceof Error ? error.message : String(error) };
      }
    },
    deploy: (order, signal) => answerOf(() => write(order, { files, signal })),
  };
}

type OpenBranch = {
  readonly reader: ReturnType<typeof createBranchReader>;
  readonly write: ReturnType<typeof createBranchWriter>;
  readonly proposed: ReturnType<typeof createProposalObserver> | undefined;
  readonly applier: BranchApplier | undefined;
};

/** By folder: two targets on one branch share its clone and its writer, so that they do not race each other. */
const open = new Map<string, OpenBranch>();

function openBranch(options: GitTargetOptions): OpenBranch {
  const { branch, author, root, log, environment, files, pullRequest, chance = Math.random } = options;
  const remote = parseRemote(options.url, options.credentials);
  const { kubeconfig, context } = options.apply ?? {};
  const own = pullRequest === undefined ? [] : [pullRequest.branch, files];
  const cluster = options.apply === undefined ? [] : [{ kubeconfig, context }];
  const parts = [remote.url, branch, author, remote.credentials?.username, ...own, ...cluster];
  const identity = JSON.stringify(parts);
  const folder = join(root, createHash('sha256').update(identity).digest('hex').slice(0, 16));
  const found = open.get(folder);
  if (found !== undefined) return found;
  // A squashed pull request leaves headway's commit outside the branch; the clone forgets no commit that it had.
  const kept = pullRequest === undefined ? [] : ['--glob=refs/headway/kept', '--glob=refs/heads/headway'];
  const reader = createBranchReader({ remote, name: branch, folder, log, environment, kept });
  const pull =
    pullRequest === undefined
      ? undefined
      : { branch: reader, proposed: pullRequest.branch, pulls: pullRequest.pulls, files, author, log };
  const applier = openApplier(options, { reader, folder });
  const land =
    pull === undefined
      ? createCommitLanding({ branch: reader, author, log, applier })
      : createPullLanding(pull);
  const opened = {
    reader,
    write: createBranchWriter({ branch: reader, land, chance }),
    proposed: pull === undefined ? undefined : createProposalObserver(pull),
    applier,
  };
  open.set(folder, opened);
  return opened;
}

function openApplier(
  { apply, environment = process.env }: GitTargetOptions,
  { reader, folder }: { readonly reader: OpenBranch['reader']; readonly folder: string },
): BranchApplier | undefined {
  if (apply === undefined) return undefined;
  const temporary = join(folder, 'temporary');
  const kubectl = createKubectl({ ...apply, environment, temporary });
  const applied = createAppliedFiles(join(folder, 'applied.json'));
  return createBranchApplier({ branch: reader, applied, kubectl, pause: apply.pause });
}
