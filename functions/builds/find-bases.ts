import type { Build } from '../../shared/domain/documents/build.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { builds } from '../../shared/records/collections.ts';
import { queryAll } from '../../shared/records/query-all.ts';
import { type Records, refTo } from '../../shared/records/records.ts';

/** So many commits in a row without an image, and it counts as one that was never built. */
const LONGEST_WAY = 50;

/**
 * The commit that each image is compared with: the one that was planned last, or where its image was not built
 * after all, the one that that was compared with, and so on. So a change whose build failed or was called off is not
 * forgotten with the next push.
 */
export async function findBases(
  records: Records,
  planned: CommitSha | undefined,
  images: readonly string[],
): Promise<ReadonlyMap<string, CommitSha>> {
  const bases = new Map<string, CommitSha>();
  if (planned === undefined) return bases;
  const where = [{ field: 'commit', is: '==', value: planned }] as const;
  const found = await queryAll(records, builds, where);
  const known = new Map(found.map(build => [build.image, build]));
  for (const image of images) {
    const base = await lastGood(records, known.get(image));
    if (base !== undefined) bases.set(image, base.commit);
  }
  return bases;
}

async function lastGood(records: Records, build: Build | undefined): Promise<Build | undefined> {
  let found = build;
  for (let steps = 0; found !== undefined && isLost(found) && steps < LONGEST_WAY; steps++) {
    found =
      found.since === undefined ? undefined : await records.get(refTo(builds, found.image, found.since));
  }
  return found === undefined || isLost(found) ? undefined : found;
}

function isLost({ status, tryJob }: Build): boolean {
  return status === 'failed' || status === 'superseded' || status === 'cancelled' || tryJob !== undefined;
}
