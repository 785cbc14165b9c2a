import { branchTagsOf } from '../../shared/domain/builds/branch-tags.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { isCommitSha } from '../../shared/domain/names/commit-sha.ts';
import { isDigest } from '../../shared/domain/names/digest.ts';
import { tagStanding } from '../../shared/domain/wiki/tag-standing.ts';
import { buildOfDigest } from '../../shared/records/build-of-digest.ts';
import { builds, promotions, tags } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';

/** So many of an image's builds, the newest, are looked through for the beginning of a commit. */
const RECENT = 200;

/**
 * The build of an image that a person means: by its commit or the beginning of it, by its digest, or by a tag as
 * headway moved it last, by rule or by promotion.
 */
export async function findVersion(
  records: Records,
  image: string,
  version: string,
): Promise<Build | undefined> {
  if (isCommitSha(version)) return records.get(refTo(builds, image, version));
  if (isDigest(version)) return buildOfDigest(records, { image, digest: version });
  return (await byTag(records, image, version)) ?? (await byBeginning(records, image, version));
}

async function byTag(records: Records, image: string, tag: string): Promise<Build | undefined> {
  const observed = (await records.get(refTo(tags, image, tag)))?.observed;
  if (observed !== undefined) return buildOfDigest(records, { image, digest: observed.digest });
  const promoted = await records.query(promotions, {
    where: [{ field: 'to', is: '==', value: tag }],
    orderBy: { field: 'number', direction: 'desc' },
    limit: RECENT,
  });
  const standing = tagStanding(promoted.filter(({ dryRun }) => !dryRun)).find(each => each.image === image);
  return standing && buildOfDigest(records, standing);
}

/** Also by the tag that its branch had: the newest of those. */
async function byBeginning(records: Records, image: string, version: string): Promise<Build | undefined> {
  const recent = await records.query(builds, {
    where: [{ field: 'image', is: '==', value: image }],
    orderBy: { field: 'requestedAt', direction: 'desc' },
    limit: RECENT,
  });
  const ofBranch = recent.find(
    build => build.digest !== undefined && branchTagsOf(build).some(({ tag }) => tag === version),
  );
  if (ofBranch !== undefined || !/^[0-9a-f]{7,}$/.test(version)) return ofBranch;
  return recent.find(({ commit }) => commit.startsWith(version));
}
