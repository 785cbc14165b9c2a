import { instant } from '../claims.ts';
import type { RepoConfiguration } from '../configuration/schema.ts';
import type { Build } from '../documents/build.ts';
import { milliseconds } from '../durations.ts';

/** Builds of which status are called off when a newer commit of their branch is pushed. A quiet period calls off what waits. */
export function superseded(settings: RepoConfiguration['builds'] | undefined): ('waiting' | 'building')[] {
  const { supersede: how = 'never', quiet = '0s' } = settings ?? {};
  if (how === 'running') return ['waiting', 'building'];
  return how === 'waiting' || milliseconds(quiet) > 0 ? ['waiting'] : [];
}

/**
 * An older build of a branch when a newer commit of it was pushed: called off where it has not begun, or also where
 * it is under way. `undefined`: it is left as it is, as is what another branch has come to since.
 */
export function supersede(
  build: Build | undefined,
  { by, running, now }: { readonly by: string; readonly running: boolean; readonly now: number },
): Build | undefined {
  if (build === undefined || build.commit === by || build.furtherBranches !== undefined) return undefined;
  if (build.status !== 'waiting' && !(running && build.status === 'building')) return undefined;
  return callOff(build, { status: 'superseded', why: `commit ${by.slice(0, 7)} took its place`, now });
}

type Why = { readonly status: 'superseded' | 'cancelled'; readonly why: string; readonly now: number };

/** Whoever is building it loses the claim, and stops. */
export function callOff(build: Build, { status, why, now }: Why): Build {
  return {
    ...build,
    status,
    lastError: why,
    endedAt: instant(now),
    attempts: 0,
    claim: undefined,
    due: undefined,
  };
}
