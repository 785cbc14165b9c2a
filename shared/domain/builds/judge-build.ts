import { instant, isClaimed } from '../claims.ts';
import type { ImageConfiguration } from '../configuration/schema.ts';
import type { Build } from '../documents/build.ts';

export type BuildVerdict =
  | { readonly kind: 'build'; readonly build: Build }
  /** It can never be built at this commit: failed, with the reason. */
  | { readonly kind: 'give up'; readonly build: Build }
  /** Somebody is at it, or nobody wants it looked at. */
  | { readonly kind: 'leave' }
  /** Finished, or somebody else wakes it: its parent, or a notice from who builds it. */
  | { readonly kind: 'rest'; readonly build: Build };

export type BuildFacts = {
  readonly build: Build | undefined;
  /** The build of its parent image at the same commit. */
  readonly parent: Build | undefined;
  /** Who builds the image; nothing when the configuration no longer names it. */
  readonly builder: ImageConfiguration['builder'] | undefined;
};

export type BuildClaim = {
  readonly now: number;
  readonly by: string;
  readonly lasts: number;
  /** Tells this try from every other. */
  readonly buildId: string;
};

/** Whether a build that wants a look is started now: claimed for one worker, on exactly the parent of its commit. */
export function judgeBuild({ build, parent, builder }: BuildFacts, claim: BuildClaim): BuildVerdict {
  if (build === undefined || build.due === undefined || isClaimed(build, claim.now)) return { kind: 'leave' };
  if (hasEnded(build) || builder === 'none') return rest(build);
  if (builder === undefined) {
    return giveUp(build, `the configuration no longer names image "${build.image}"`, claim.now);
  }
  if (build.parent !== undefined && parent?.status !== 'succeeded') {
    if (parent?.status !== 'failed') return rest(build);
    return giveUp(build, `its parent ${build.parent} failed at this commit`, claim.now);
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

export function hasEnded({ status }: Build): boolean {
  return status === 'succeeded' || status === 'failed';
}

function rest(build: Build): BuildVerdict {
  return { kind: 'rest', build: { ...build, due: undefined, claim: undefined } };
}

/** It was never started, or not to the end: no build id, so that its parent can wake it again. */
function giveUp(build: Build, reason: string, now: number): BuildVerdict {
  const ended = { endedAt: instant(now), lastError: reason, attempts: 0, due: undefined, claim: undefined };
  return { kind: 'give up', build: { ...build, ...ended, status: 'failed', buildId: undefined } };
}
