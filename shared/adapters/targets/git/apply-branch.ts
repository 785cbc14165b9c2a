import { type CommitSha, shortSha } from '../../../domain/names/commit-sha.ts';
import type { Observation } from '../../../ports/target.ts';
import type { Applied, AppliedFiles } from './applied-files.ts';
import type { BranchReader } from './branch-reader.ts';
import type { Kubectl } from './kubectl.ts';
import type { ManifestFile } from './manifest-tree.ts';

/** For how many milliseconds a mere look does not try again what did not succeed. */
const PAUSE = 15_000;

/** Brings what headway wrote on a branch to a cluster. */
export interface BranchApplier {
  /** Applies these files unless they were, with these images in them. What fails is seen by looking. */
  apply(wanted: readonly WantedFile[], signal: AbortSignal): Promise<void>;
  /**
   * Looks whether these files were applied with the image in them, once what did not succeed was tried again.
   *
   * @param image `registry/repository@digest`.
   * @returns nothing when they were.
   */
  look(image: string, paths: readonly string[]): Promise<Observation | undefined>;
  /** The images that one of these files names, and was not applied with. */
  unapplied(files: readonly ManifestFile[]): Promise<ReadonlySet<string>>;
}
export type WantedFile = {
  readonly path: string;
  /** `registry/repository@digest`. */
  readonly image: string;
};

export function createBranchApplier({
  branch,
  applied,
  kubectl,
  pause = PAUSE,
}: {
  readonly branch: BranchReader;
  readonly applied: AppliedFiles;
  readonly kubectl: Kubectl;
  readonly pause?: number | undefined;
}): BranchApplier {
  const tried = new Map<string, number>();
  const underWay = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time, each with the newest of the branch, so that the cluster never goes back to an older commit. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  async function bring(paths: readonly string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const head = paths.length === 0 ? undefined : await branch.head();
    if (head === undefined) return;
    const files = await branch.read(head, path => paths.includes(path));
    for (const { path } of files) underWay.add(path);
    try {
      // A try may change a part and then fail or be killed: nothing is known until it has succeeded.
      await applied.set(new Map(files.map(({ path }) => [path, { commit: head, images: [] }])));
      const failures = await kubectl(files, signal);
      await applied.set(new Map(files.map(file => [file.path, outcome(file, { head, failures })])));
    } finally {
      for (const { path } of files) {
        underWay.delete(path);
        tried.set(path, performance.now());
      }
    }
  }

  /** What was begun, has not succeeded, and may be tried again by now. */
  async function due(paths: readonly string[]): Promise<string[]> {
    const known = await applied.get();
    const isRested = (path: string) => performance.now() - (tried.get(path) ?? -pause) >= pause;
    return paths.filter(
      path => known.get(path)?.images.length === 0 && !underWay.has(path) && isRested(path),
    );
  }

  return {
    apply: (wanted, signal) =>
      inTurn(async () => {
        const known = await applied.get();
        const missing = wanted.filter(({ path, image }) => !known.get(path)?.images.includes(image));
        await bring([...new Set(missing.map(({ path }) => path))], signal);
      }),

    async look(image, paths) {
      if ((await due(paths)).length > 0) {
        await inTurn(async () => await bring(await due(paths), AbortSignal.any([])));
      }
      const known = await applied.get();
      const missing = paths.filter(path => !known.get(path)?.images.includes(image));
      if (missing.length === 0) return undefined;
      if (missing.some(path => underWay.has(path))) {
        return { state: 'updating', reason: `kubectl applies ${missing.join(', ')}` };
      }
      const failures = new Set(missing.flatMap(path => failureAt(path, known.get(path))));
      const reason = `${missing.join(', ')} of branch ${branch.name} was not applied yet`;
      return { state: 'unhealthy', reason: failures.size === 0 ? reason : [...failures].join('; ') };
    },

    async unapplied(files) {
      const known = await applied.get();
      return new Set(
        files.flatMap(file => imagesOf(file).filter(image => !known.get(file.path)?.images.includes(image))),
      );
    },
  };
}

type Outcome = { readonly head: CommitSha; readonly failures: Awaited<ReturnType<Kubectl>> };

function outcome(file: ManifestFile, { head, failures }: Outcome): Applied {
  const failure = failures.get(file.path);
  if (failure !== undefined) return { commit: head, images: [], failure };
  return { commit: head, images: imagesOf(file) };
}

/** All that it names by digest. */
function imagesOf(file: ManifestFile): string[] {
  return file
    .references()
    .flatMap(({ repository, image }) =>
      image?.digest === undefined ? [] : [`${repository}@${image.digest}`],
    );
}

function failureAt(path: string, entry: Applied | undefined): string[] {
  if (entry?.failure === undefined) return [];
  return [`Cannot apply ${path} of commit ${shortSha(entry.commit)}: ${entry.failure}`];
}
