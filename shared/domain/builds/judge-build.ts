import { instant, isClaimed } from '../claims.ts';
import type { ImageConfiguration } from '../configuration/schema.ts';
import type { Build } from '../documents/build.ts';
import { madeWith } from './build-settings.ts';
import { hasEnded, howItEnded } from './has-ended.ts';
import { judgeCarry } from './judge-carry.ts';

export type BuildVerdict =
  | { readonly kind: 'build'; readonly build: Build }
  /** Nothing of it changed: the earlier image gets its name. */
  | { readonly kind: 'carry'; readonly build: Build; readonly digest: string }
  /** It is taken over from an earlier commit than was planned, or built after all: to be judged again by that. */
  | { readonly kind: 'again'; readonly build: Build }
  /** It can never be built at this commit: failed, with the reason. */
  | { readonly kind: 'give up'; readonly build: Build }
  /** Somebody is at it, or nobody wants it looked at, or not yet. */
  | { readonly kind: 'leave' }
  /** Something that nobody tells of has to happen first. */
  | { readonly kind: 'later'; readonly build: Build }
  /** Finished, or somebody else wakes it: its parent, or a notice from who builds it. */
  | { readonly kind: 'rest'; readonly build: Build };

export type BuildFacts = {
  readonly build: Build | undefined;
  /** The build of its parent image at the same commit. */
  readonly parent: Build | undefined;
  /** The builds of the further images that it takes from. */
  readonly others?: readonly (Build | undefined)[];
  /** The build of the image at the commit that it would be carried from. */
  readonly source?: Build | undefined;
  /** How the image is built; nothing when neither the commit nor the configuration says so. */
  readonly settings: ImageConfiguration | undefined;
  /** Whether an image of which nothing changed may stand on an older parent. */
  readonly reuses?: boolean | undefined;
  /** Why nothing is begun for now, where a person said so. */
  readonly paused?: string | undefined;
};

export type BuildClaim = {
  readonly now: number;
  readonly by: string;
  readonly lasts: number;
  /** Tells this try from every other. */
  readonly buildId: string;
};

/** What nobody tells of is looked at again so much later. */
const LATER_MS = 10_000;

/** Whether a build that wants a look is started now: claimed for one worker, on exactly the parent of its commit. */
export function judgeBuild(facts: BuildFacts, claim: BuildClaim): BuildVerdict {
  const { build, parent, others = [], settings } = facts;
  if (build?.due === undefined || build.due > instant(claim.now)) return { kind: 'leave' };
  if (isClaimed(build, claim.now)) return { kind: 'leave' };
  if (hasEnded(build) || settings?.builder === 'none') return rest(build);
  if (settings === undefined) {
    return giveUp(build, `the configuration no longer names image "${build.image}"`, claim.now);
  }
  const lost = [parent, ...others].find(isLost);
  if (lost !== undefined) {
    return giveUp(build, `its parent ${lost.image} ${howItEnded(lost)} at this commit`, claim.now);
  }
  if (build.parent !== undefined && parent?.status !== 'succeeded') return rest(build);
  const awaited = others.filter(other => other?.status !== 'succeeded');
  if (awaited.length > 0) {
    const isWoken = awaited.every(other => other?.children?.includes(build.image));
    return isWoken ? rest(build) : later(build, claim.now);
  }
  if (facts.paused !== undefined) return later(build, claim.now, facts.paused);
  return start({ ...facts, build, settings }, claim);
}

type Ready = BuildFacts & { readonly build: Build; readonly settings: ImageConfiguration };

function start(facts: Ready, claim: BuildClaim): BuildVerdict {
  const { build, parent, others = [], settings, source, reuses } = facts;
  const made = {
    parentDigest: parent?.digest,
    parentDigests: digestsOf(others),
    madeWith: madeWith(settings),
  };
  if (build.carries !== undefined) {
    const carry = judgeCarry({ build, source, made, reuses });
    if (carry.kind === 'further') return { kind: 'again', build: { ...build, carries: carry.from } };
    if (carry.kind === 'later') return later(build, claim.now);
    if (carry.kind === 'carry') {
      return { kind: 'carry', build: claimed({ ...build, ...carry.made }, claim), digest: carry.digest };
    }
    return { kind: 'again', build: toBuild(build, carry.reason) };
  }
  return { kind: 'build', build: claimed({ ...build, ...made }, claim) };
}

function digestsOf(others: readonly (Build | undefined)[]): Build['parentDigests'] {
  const known = others.flatMap(other => (other?.digest === undefined ? [] : [[other.image, other.digest]]));
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

function isLost(parent: Build | undefined): parent is Build {
  return parent !== undefined && hasEnded(parent) && parent.status !== 'succeeded';
}

/** An image that was to be taken over, and cannot be. */
export function toBuild(build: Build, reason: string): Build {
  return { ...build, carries: undefined, reasons: [reason] };
}

/** One that was left by a worker that is gone goes on in the time that it had: else it might be begun for ever. */
function claimed(build: Build, { now, by, lasts, buildId }: BuildClaim): Build {
  const until = instant(now + lasts);
  const isLeft = build.status === 'building' && build.claim !== undefined;
  const startedAt = (isLeft ? build.startedAt : undefined) ?? instant(now);
  return { ...build, status: 'building', buildId, startedAt, claim: { by, until }, due: until };
}

/** Its worker was killed, perhaps by what it built: whoever goes on with it has what is left of its time. */
export function recordDeath(build: Build, now: number): Build {
  if (build.status !== 'building' || build.claim === undefined) return { ...build, claim: undefined };
  const deaths = (build.deaths ?? 0) + 1;
  const claim = { ...build.claim, until: instant(now) };
  return { ...build, claim, deaths, lastError: 'headway was killed while it was built' };
}

function rest(build: Build): BuildVerdict {
  return { kind: 'rest', build: { ...build, due: undefined, claim: undefined } };
}

function later(build: Build, now: number, why?: string): BuildVerdict {
  const due = instant(now + LATER_MS);
  return { kind: 'later', build: { ...build, due, claim: undefined, lastError: why } };
}

/** It was never started, or not to the end: no build id, so that its parent can wake it again. */
function giveUp(build: Build, reason: string, now: number): BuildVerdict {
  const ended = { endedAt: instant(now), lastError: reason, attempts: 0, due: undefined, claim: undefined };
  return { kind: 'give up', build: { ...build, ...ended, status: 'failed', buildId: undefined } };
}
