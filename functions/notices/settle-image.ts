import { branchTagsOf } from '../../shared/domain/builds/branch-tags.ts';
import { stopAll } from '../../shared/domain/builds/stop-all.ts';
import { instant } from '../../shared/domain/claims.ts';
import { tagsOfImage } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Notice } from '../../shared/domain/notices/judge-notice.ts';
import { type SettledNotice, settleNotice } from '../../shared/domain/notices/settle-notice.ts';
import { owingReport } from '../../shared/domain/reports/owed-report.ts';
import { newBranchTag, newTag } from '../../shared/domain/tags/new-tag.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import { childRefs, refsToStop } from '../../shared/records/child-builds.ts';
import { builds, tags } from '../../shared/records/collections.ts';
import { type Put, put, type RecordRef, type Records, refTo } from '../../shared/records/records.ts';
import { reportBuild } from '../../shared/records/report-build.ts';
import type { ImageFact } from './image-fact.ts';

export type SettleImage = {
  readonly records: Records;
  readonly hints: Hints;
  readonly registry: Registry;
  readonly forge: Forge;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
};
export type NoticeOfImage = {
  readonly image: string;
  readonly repo: string;
  readonly fact: ImageFact;
  readonly delivery: string;
  /** Its record, where the notice is of our own builder and does not tell all. */
  readonly build?: Build;
};

/** Settles one notice of one of our images at a commit. Returns what came of it, in words. */
export async function settleImage(its: SettleImage, of: NoticeOfImage): Promise<string> {
  const { hints, log } = its;
  const { image } = of;
  const notice = await completed(its, of);
  const settled = await settle(its, of, notice);
  await hints.publish([
    ...settled.tags.map(
      tag => ({ topic: 'tags', collection: 'tags', key: refTo(tags, image, tag.tag).key }) as const,
    ),
    ...settled.children.map(
      child =>
        ({
          topic: 'builds',
          collection: 'builds',
          key: refTo(builds, child.image, child.commit).key,
        }) as const,
    ),
  ]);
  if (settled.verdict === 'record' && settled.build !== undefined) await reportBuild(its, settled.build);
  const { commit, status } = notice;
  log.info('Build settled', { image, commit, status, verdict: settled.verdict });
  return settled.verdict === 'record' ? status : `${status}, ${settled.verdict}`;
}

/**
 * One transaction over the record and all that hangs on it. What hangs on it is told by the record, which may not be
 * read yet, or have learnt more from a push that came meanwhile: then it is done with that.
 */
async function settle(its: SettleImage, of: NoticeOfImage, notice: Notice): Promise<SettledNotice> {
  const { records, configuration, clock } = its;
  const { image, repo, fact } = of;
  const { commit, status } = notice;
  const others = status === 'failed' ? await refsToStop(its, { image, commit, repo }) : [];
  for (let known = of.build; ; ) {
    const { tagNames, children } = hangingOn(configuration, { image, commit, ...known });
    const refs = {
      build: refTo(builds, image, commit),
      tags: tagNames.map(tag => refTo(tags, image, tag)),
      children,
      others,
    };
    const outcome = await records.transact(refs, (found): Decided => {
      const more = found.build && hangingOn(configuration, found.build);
      if (more !== undefined && isMore(more, { tagNames, children })) {
        return { result: { again: found.build }, writes: [] };
      }
      const build = { image, commit, ...found.build };
      const known = tagNames.map((tag, i) => found.tags[i] ?? newTagOf(configuration, build, tag));
      const message = fact.message === undefined ? {} : { message: fact.message };
      const settled = settleNotice({ ...found, tags: known }, notice, { repo, now: clock.now(), ...message });
      const isLost = settled.build?.status === 'failed';
      const stopped = isLost ? stopAll(found.others, settled.build, clock.now()) : [];
      const changed = [settled.build, ...stopped, ...settled.children].filter(build => build !== undefined);
      const writes = [
        ...changed.map(build => put(builds, owingReport(build, configuration, clock.now()))),
        ...settled.tags.map(tag => put(tags, tag)),
      ];
      return { result: { settled }, writes };
    });
    if (outcome.settled !== undefined) return outcome.settled;
    known = outcome.again;
  }
}

type Decided = {
  readonly result: { readonly settled?: SettledNotice; readonly again?: Build | undefined };
  readonly writes: readonly Put[];
};
type OfBuild = Pick<Build, 'image' | 'commit'> & Partial<Build>;
type Hanging = { readonly tagNames: readonly string[]; readonly children: readonly RecordRef<Build>[] };

/** A pull request's image asks for no tag; one with tags of its branches asks for those too. */
function hangingOn(configuration: Configuration, build: OfBuild): Hanging {
  const { image, tryJob } = build;
  const named = tagsOfImage(configuration, image, 'headway');
  const all = [...named, ...branchTagsOf(build).map(({ tag }) => tag)];
  return {
    tagNames: tryJob === undefined ? [...new Set(all)] : [],
    children: childRefs(configuration, build),
  };
}

function isMore(more: Hanging, known: Hanging): boolean {
  const keys = ({ tagNames, children }: Hanging) => [...tagNames, ...children.map(({ key }) => key)];
  return keys(more).join('\n') !== keys(known).join('\n');
}

function newTagOf(configuration: Configuration, build: OfBuild, name: string): Tag {
  const { image, repo } = build;
  const ofBranch = branchTagsOf(build).find(({ tag }) => tag === name);
  return repo === undefined || ofBranch === undefined
    ? newTag(configuration, image, name)
    : newBranchTag(image, { repo, ...ofBranch });
}

/**
 * The digest is read from the registry where the sender gave none, and must be there where one was given. What is
 * under the commit's tag now was pushed last, so it counts as started now where the sender gave no time.
 *
 * @throws {Error} when the image is not in the registry (yet).
 */
async function completed(
  { registry, clock }: SettleImage,
  { image, fact, build }: NoticeOfImage,
): Promise<Notice> {
  const { registry: host, repository: path, tag } = fact.image;
  const commit = build?.commit ?? tag;
  const { status, buildId, startedAt, parentDigest } = fact;
  const told = {
    image,
    commit,
    status,
    ...(buildId !== undefined && { buildId }),
    ...(startedAt !== undefined && { startedAt }),
    ...(parentDigest !== undefined && { parentDigest }),
  };
  if (status !== 'succeeded') return told;
  const repository = { registry: host, repository: path };
  const wanted = fact.digest === undefined ? { ...repository, tag } : { ...repository, digest: fact.digest };
  const manifest = await registry.head(wanted);
  if (manifest === undefined) {
    throw new Error(`Cannot settle the notice: ${formatImageReference(wanted)} is not in its registry`);
  }
  const started = startedAt ?? (fact.digest === undefined ? instant(clock.now()) : undefined);
  return { ...told, digest: manifest.digest, ...(started !== undefined && { startedAt: started }) };
}
