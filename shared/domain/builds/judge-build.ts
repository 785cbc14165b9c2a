import { instant, isClaimed } from '../claims.ts';
import type { Build } from '../documents/build.ts';

export type BuildVerdict =
  | { readonly kind: 'build'; readonly build: Build }
  /** It can never be built at this commit. */
  | { readonly kind: 'give up'; readonly build: Build; readonly reason: string }
  /** Somebody is at it, or nobody wants it looked at. */
  | { readonly kind: 'leave' }
  /** Finished, or its parent wakes it. */
  | { readonly kind: 'rest'; readonly build: Build };

export type BuildClaim = {
  readonly now: number;
  readonly by: string;
  readonly lasts: number;
  /** Tells this try from every other. */
  readonly buildId: string;
};

/** Whether a build that wants a look is started now: claimed for one worker, on exactly the parent of its commit. */
export function judgeBuild(
  build: Build | undefined,
  parent: Build | undefined,
  claim: BuildClaim,
): BuildVerdict {
  if (build === undefined || build.due === undefined || isClaimed(build, claim.now)) return { kind: 'leave' };
  const rest: BuildVerdict = { kind: 'rest', build: { ...build, due: undefined } };
  if (build.status === 'succeeded' || build.status === 'failed') return rest;
  if (build.parent !== undefined && parent?.status !== 'succeeded') {
    if (parent?.status !== 'failed') return rest;
    return { kind: 'give up', build, reason: `its parent ${build.parent} failed at this commit` };
  }
  const until = instant(claim.now + claim.lasts);
  return {
    kind: 'build',
    build: {
      ...build,
      status: 'building',
      buildId: claim.buildId,
      startedAt: instant(claim.now),
      parentDigest: parent?.digest,
      claim: { by: claim.by, until },
      due: until,
    },
  };
}
