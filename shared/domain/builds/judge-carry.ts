import type { Build } from '../documents/build.ts';
import type { CommitSha } from '../names/commit-sha.ts';
import { hasEnded, howItEnded } from './has-ended.ts';

export type CarryFacts = {
  readonly build: Build;
  /** The build of the image at the commit that it is carried from. */
  readonly source: Build | undefined;
  /** What it would stand on, and be made with, now. */
  readonly made: Made;
  /** Whether an image that stands on an older parent will do. */
  readonly reuses?: boolean | undefined;
};
type Made = Pick<Build, 'parentDigest' | 'parentDigests' | 'madeWith'>;
export type CarryVerdict =
  /** With what the image stands on, and was made with. */
  | { readonly kind: 'carry'; readonly digest: string; readonly made: Made }
  /** What it would take over was itself to be taken over from this commit, and never was: nothing changed since. */
  | { readonly kind: 'further'; readonly from: CommitSha }
  /** The image that it would take over is not there yet. */
  | { readonly kind: 'later' }
  | { readonly kind: 'build'; readonly reason: string };

/**
 * Whether an image of which nothing changed takes over the image of an earlier commit. What decides is what is there
 * when its turn comes, not what the plan expected: an image that was not built after all is built, and so is one that
 * stands on another parent, unless its repo reuses such images.
 */
export function judgeCarry({ build, source, made, reuses }: CarryFacts): CarryVerdict {
  const { carries = '' } = build;
  if (source === undefined) return { kind: 'build', reason: `nothing is known of ${short(carries)}` };
  if (!hasEnded(source)) return { kind: 'later' };
  if (source.status !== 'succeeded' || source.digest === undefined) {
    if (source.carries !== undefined) return { kind: 'further', from: source.carries };
    return { kind: 'build', reason: `its build of ${short(carries)} ${howItEnded(source)}` };
  }
  const older = reuses === true ? undefined : olderParent({ build, source, made });
  if (older !== undefined) return { kind: 'build', reason: `it stands on an older ${older}` };
  if (source.madeWith !== undefined && source.madeWith !== made.madeWith) {
    return { kind: 'build', reason: 'its settings changed' };
  }
  const { parentDigest, parentDigests = {} } = source;
  const others = { ...made.parentDigests, ...parentDigests };
  const standsOn = { parentDigest, parentDigests: Object.keys(others).length === 0 ? undefined : others };
  return { kind: 'carry', digest: source.digest, made: { ...made, ...standsOn } };
}

/** The name of a parent that the source does not stand on as it is now; what it took from further ones may be unknown. */
function olderParent({ build, source, made }: CarryFacts & { readonly source: Build }): string | undefined {
  if (source.parentDigest !== made.parentDigest) return build.parent ?? 'parent';
  const known = source.parentDigests ?? {};
  return Object.entries(made.parentDigests ?? {}).find(
    ([name, digest]) => known[name] !== undefined && known[name] !== digest,
  )?.[0];
}

function short(commit: string): string {
  return commit.slice(0, 7);
}
