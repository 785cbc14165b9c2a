import { instant } from '../claims.ts';
import type { Build } from '../documents/build.ts';
import type { Tag } from '../documents/tag.ts';
import { addCandidate } from '../tags/judge-tag.ts';
import { judgeNotice, type Notice, type NoticeVerdict } from './judge-notice.ts';

export type NoticeDocuments = {
  readonly build: Build | undefined;
  /** The tags of the image that follow a branch. */
  readonly tags: readonly Tag[];
  /** The builds of its child images at the same commit. */
  readonly children: readonly (Build | undefined)[];
};
export type SettledNotice = {
  readonly verdict: NoticeVerdict;
  readonly build?: Build;
  readonly tags: readonly Tag[];
  readonly children: readonly Build[];
};
type Surroundings = { readonly repo: string; readonly now: number; readonly message?: string };

/**
 * Settles a notice against the record of its image and commit. A success asks for the image's tags, and either end
 * wakes the builds that stand on it.
 */
export function settleNotice(found: NoticeDocuments, notice: Notice, its: Surroundings): SettledNotice {
  const verdict = judgeNotice(found.build, notice);
  const { commit, digest, startedAt } = notice;
  const asks = notice.status === 'succeeded' && digest !== undefined && verdict !== 'out of order';
  const tags = asks
    ? found.tags.map(tag =>
        addCandidate(tag, { commit, digest, ...(startedAt !== undefined && { startedAt }) }, its.now),
      )
    : [];
  const changed = tags.filter((tag, i) => tag !== found.tags[i]);
  if (verdict !== 'record') return { verdict, tags: changed, children: [] };
  return {
    verdict,
    tags: changed,
    build: recorded(found.build, notice, its),
    children: woken(found.children, notice, its),
  };
}

function recorded(known: Build | undefined, notice: Notice, { repo, now, message }: Surroundings): Build {
  const base = known ?? { image: notice.image, commit: notice.commit, repo, steps: [], attempts: 0 };
  const ended = notice.status !== 'building';
  return {
    ...base,
    status: notice.status,
    digest: notice.digest,
    buildId: notice.buildId ?? known?.buildId,
    startedAt: notice.startedAt ?? known?.startedAt,
    parentDigest: notice.parentDigest ?? known?.parentDigest,
    requestedAt: known?.requestedAt ?? instant(now),
    noticedAt: instant(now),
    ...(ended && { endedAt: known?.endedAt ?? instant(now), claim: undefined, due: undefined, attempts: 0 }),
    lastError: notice.status === 'failed' ? (message ?? 'the builder reported a failure') : undefined,
  };
}

function woken(children: readonly (Build | undefined)[], notice: Notice, { now }: Surroundings): Build[] {
  if (notice.status === 'building') return [];
  return children.flatMap(child => (child?.status === 'waiting' ? [{ ...child, due: instant(now) }] : []));
}
