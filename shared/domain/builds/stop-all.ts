import { instant } from '../claims.ts';
import type { Build } from '../documents/build.ts';
import { hasEnded } from './has-ended.ts';
import { callOff } from './supersede.ts';

type Failed = Pick<Build, 'image' | 'commit' | 'repo' | 'tryJob'>;

/**
 * The builds of a commit that end because one of its images failed: all that have not ended, but for those that
 * stand on it, which give up by themselves, and start anew when it succeeds after all.
 */
export function stopAll(builds: readonly (Build | undefined)[], failed: Failed, now: number): Build[] {
  const known = builds.filter(build => build !== undefined);
  const standing = new Set([failed.image]);
  const standsOnIt = ({ parent, parents = [] }: Build) =>
    [parent, ...parents].some(above => above !== undefined && standing.has(above));
  for (let size = 0; size < standing.size; ) {
    size = standing.size;
    for (const build of known) if (standsOnIt(build)) standing.add(build.image);
  }
  return known
    .filter(build => isOfRun(build, failed) && !hasEnded(build) && !standing.has(build.image))
    .map(build => callOff(build, { status: 'cancelled', why: stoppedBy(failed), now }));
}

/** What was stopped because an image failed, waiting again when that image is tried again. */
export function resumeStopped(
  builds: readonly (Build | undefined)[],
  failed: Failed,
  { by, now }: { readonly by: string; readonly now: number },
): Build[] {
  return builds.flatMap(build => {
    const isStopped = build?.status === 'cancelled' && build.lastError === stoppedBy(failed);
    if (!isStopped || !isOfRun(build, failed)) return [];
    const step = { name: 'retried', at: instant(now), message: `with ${failed.image}, by ${by}` };
    return [
      {
        ...build,
        status: 'waiting',
        lastError: undefined,
        endedAt: undefined,
        startedAt: undefined,
        buildId: undefined,
        due: instant(now),
        steps: [...build.steps, step],
      } as const,
    ];
  });
}

function stoppedBy({ image }: Failed): string {
  return `${image} failed, and stopAll ends the run`;
}

/** Of the same commit, and asked for by a push as it was, or by the same pull request. */
function isOfRun(build: Build, { image, commit, repo, tryJob }: Failed): boolean {
  return (
    build.image !== image &&
    build.commit === commit &&
    build.repo === repo &&
    build.tryJob?.number === tryJob?.number
  );
}
