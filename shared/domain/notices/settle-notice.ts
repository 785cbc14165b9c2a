import { hasEnded } from '../builds/has-ended.ts';
import { wakeChildren } from '../builds/wake-children.ts';
import { instant } from '../claims.ts';
import type { Build } from '../documents/build.ts';
import type { Tag } from '../documents/tag.ts';
import { addCandidate } from '../tags/judge-tag.ts';
import { judgeNotice, type Notice, type NoticeVerdict } from './judge-notice.ts';

export type NoticeDocuments = {
  readonly build: Build | undefined;
  /** The tags of the image that follow a branch. */
  readonly tags: readonly Tag[];
  /** The builds of the child images that headway builds, at the same commit. */
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
 * wakes the builds that stand on it. A duplicate asks for nothing again, so that a notice that comes late once more
 * moves no tag that a person has moved since; only a tag that stands nowhere yet is told of it. What a stranger tells of
 * an image that headway is building itself asks for its tags too, and waits for that build's end to be recorded.
 */
export function settleNotice(found: NoticeDocuments, notice: Notice, its: Surroundings): SettledNotice {
  const verdict = judgeNotice(found.build, notice);
  const tags = found.tags.flatMap(tag => {
    if (verdict === 'duplicate' && tag.wanted !== undefined) return [];
    const asked = ask(tag, notice, its.now);
    return asked === tag ? [] : [asked];
  });
  if (verdict === 'being built' && found.build !== undefined) {
    return { verdict, tags, children: [], ...remembered(found.build, notice) };
  }
  if (verdict !== 'record') return { verdict, tags, children: [] };
  const build = withTold(recorded(found.build, notice, its), its);
  const children = hasEnded(build) ? wakeChildren(found.children, build, its.now) : [];
  return { verdict, tags, build, children };
}

function ask(tag: Tag, { status, commit, digest, startedAt }: Notice, now: number): Tag {
  if (status !== 'succeeded' || digest === undefined) return tag;
  return addCandidate(tag, { commit, digest, ...(startedAt !== undefined && { startedAt }) }, now);
}

/** A failure is nothing to remember: whoever is at it knows better. */
function remembered(build: Build, { status, digest, ...rest }: Notice): Pick<SettledNotice, 'build'> {
  if (status !== 'succeeded' || digest === undefined || digest === build.told?.digest) return {};
  const { buildId, startedAt, parentDigest } = rest;
  return { build: { ...build, told: { digest, buildId, startedAt, parentDigest } } };
}

/** What was told meanwhile is judged as if it came after the end. */
function withTold({ told, ...build }: Build, its: Surroundings): Build {
  if (told === undefined || !hasEnded(build)) return { ...build, told };
  const notice = { image: build.image, commit: build.commit, status: 'succeeded', ...told } as const;
  return judgeNotice(build, notice) === 'record' ? recorded(build, notice, its) : build;
}

function recorded(known: Build | undefined, notice: Notice, { repo, now, message }: Surroundings): Build {
  const base = known ?? { image: notice.image, commit: notice.commit, repo, steps: [], attempts: 0 };
  const ended = notice.status !== 'building';
  return {
    ...base,
    status: notice.status,
    // What failed to be built anew leaves the image that there is.
    digest: notice.digest ?? known?.digest,
    buildId: notice.buildId ?? known?.buildId,
    startedAt: notice.startedAt ?? known?.startedAt,
    parentDigest: notice.parentDigest ?? known?.parentDigest,
    requestedAt: known?.requestedAt ?? instant(now),
    noticedAt: instant(now),
    ...(ended && { endedAt: known?.endedAt ?? instant(now), claim: undefined, due: undefined, attempts: 0 }),
    lastError: notice.status === 'failed' ? (message ?? 'the builder reported a failure') : undefined,
  };
}
