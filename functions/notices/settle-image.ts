import { stopAll } from '../../shared/domain/builds/stop-all.ts';
import { instant } from '../../shared/domain/claims.ts';
import { tagsOfImage } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Notice } from '../../shared/domain/notices/judge-notice.ts';
import { settleNotice } from '../../shared/domain/notices/settle-notice.ts';
import { newTag } from '../../shared/domain/tags/new-tag.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import { childRefs, refsToStop } from '../../shared/records/child-builds.ts';
import { builds, tags } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';
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
  const { records, hints, configuration, clock, log } = its;
  const { image, repo, fact, build } = of;
  const notice = await completed(its, of);
  const tagNames = tagsToTell(configuration, of);
  const refs = {
    build: refTo(builds, image, notice.commit),
    tags: tagNames.map(tag => refTo(tags, image, tag)),
    children: await childRefs(its, { image, commit: notice.commit, recipe: build?.recipe }),
    others: notice.status === 'failed' ? await refsToStop(its, { image, commit: notice.commit, repo }) : [],
  };
  const settled = await records.transact(refs, found => {
    const known = tagNames.map((tag, i) => found.tags[i] ?? newTagOf(configuration, of, tag));
    const result = settleNotice({ build: found.build, tags: known, children: found.children }, notice, {
      repo,
      now: clock.now(),
      ...(fact.message !== undefined && { message: fact.message }),
    });
    const stopped = result.build?.status === 'failed' ? stopAll(found.others, result.build, clock.now()) : [];
    const writes = [
      ...(result.build === undefined ? [] : [put(builds, result.build)]),
      ...stopped.map(other => put(builds, other)),
      ...result.tags.map(tag => put(tags, tag)),
      ...result.children.map(child => put(builds, child)),
    ];
    return { result, writes };
  });
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
  if (settled.build !== undefined) await reportBuild(its, settled.build);
  const { commit, status } = notice;
  log.info('Build settled', { image, commit, status, verdict: settled.verdict });
  return settled.verdict === 'record' ? status : `${status}, ${settled.verdict}`;
}

/** A pull request's image asks for no tag; one with a tag of its branch asks for that too. */
function tagsToTell(configuration: Configuration, { image, build }: NoticeOfImage): string[] {
  if (build?.tryJob !== undefined) return [];
  const named = tagsOfImage(configuration, image, 'headway');
  return build?.branchTag === undefined ? named : [...named, build.branchTag];
}

function newTagOf(configuration: Configuration, { image, build }: NoticeOfImage, name: string): Tag {
  const tag = newTag(configuration, image, name);
  if (build?.branch === undefined || name !== build.branchTag) return tag;
  return { ...tag, follows: { repo: build.repo, branch: build.branch }, ofBranch: true };
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
