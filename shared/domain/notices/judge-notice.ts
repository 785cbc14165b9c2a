import { isLaterBuild } from '../builds/later-build.ts';
import type { Build } from '../documents/build.ts';

/** What a build notice says, as far as the record of its build is concerned. */
export type Notice = {
  readonly image: string;
  readonly commit: string;
  readonly status: 'building' | 'succeeded' | 'failed';
  readonly digest?: string | undefined;
  readonly buildId?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly parentDigest?: string | undefined;
};

/**
 * Either record the notice, or the reason to leave the record alone. `being built`: headway is at it itself, and what
 * a stranger tells meanwhile ends nothing.
 */
export type NoticeVerdict =
  | 'record'
  | 'being built'
  | 'duplicate'
  | 'out of order'
  | 'older build'
  | 'unclear';

const RANK = { waiting: 0, building: 1, superseded: 1, cancelled: 1, failed: 2, succeeded: 3 } as const;

/**
 * Notices arrive at least once and in any order, so what they say is a join: a success stands above a failure, a
 * failure above work under way, and of two successes the build that started later. `unclear` when that is not
 * told: both images stay in the registry, and the tag shows that it waits. A build that was called off can end in
 * its builder all the same, and then that is what happened. While headway is at a build, nobody else ends it: a
 * registry tells of our own push before the last step is done, and a builder of a failure that is tried again.
 */
export function judgeNotice(known: Build | undefined, notice: Notice): NoticeVerdict {
  if (known !== undefined && isToldAgain(known, notice)) return 'duplicate';
  if (known !== undefined && isAt(known) && notice.buildId !== known.buildId) return 'being built';
  if (known === undefined || RANK[notice.status] > RANK[known.status]) return 'record';
  if (RANK[notice.status] < RANK[known.status]) return 'out of order';
  if (notice.status === 'building' || notice.digest === known.digest) return 'duplicate';
  const later = isLaterBuild(notice, known);
  if (later === undefined) return 'unclear';
  return later ? 'record' : 'older build';
}

/** Headway builds it, or tries again when it is due; its own end leaves nothing due. */
function isAt({ status, due }: Build): boolean {
  return status === 'building' && due !== undefined;
}

/** While an image is built anew, the one that it has is told of once more. */
function isToldAgain({ status, digest, buildId }: Build, notice: Notice): boolean {
  if (notice.status !== 'succeeded' || digest === undefined || notice.digest !== digest) return false;
  const isUnderWay = status === 'waiting' || status === 'building';
  return isUnderWay && (buildId === undefined || notice.buildId !== buildId);
}
