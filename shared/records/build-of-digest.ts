import type { Build } from '../domain/documents/build.ts';
import type { Digest } from '../domain/names/digest.ts';
import { builds } from './collections.ts';
import type { Records } from './records.ts';

/** An image is seldom taken over by more commits than these; then any of its builds answers. */
const MOST = 200;

/**
 * The build that an image came from. Every commit in which nothing of it changed has a build with the same digest: the
 * one that made it is meant, else one that knows where its results are.
 */
export async function buildOfDigest(
  records: Records,
  { image, digest }: { readonly image: string; readonly digest: Digest },
): Promise<Build | undefined> {
  const where = [
    { field: 'image', is: '==', value: image },
    { field: 'digest', is: '==', value: digest },
  ] as const;
  const found = await records.query(builds, { where, limit: MOST });
  const known = found.filter(({ results }) => results !== undefined);
  return known.find(({ carries }) => carries === undefined) ?? known[0] ?? found[0];
}
