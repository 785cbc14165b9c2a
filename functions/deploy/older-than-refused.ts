import type { Older } from '../../shared/domain/deploys/still-refused.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import { tags } from '../../shared/records/collections.ts';
import { createOrderOnRecord } from '../../shared/records/commit-order.ts';
import { type Records, refTo } from '../../shared/records/records.ts';

/** Whether the tag of a service is on a commit that is on record as older than the one that a person refused here. */
export async function olderThanRefused(
  records: Records,
  { image, tag: name, refused }: Service,
): Promise<Older | undefined> {
  if (refused?.by === undefined || refused.commit === undefined) return undefined;
  const tag = await records.get(refTo(tags, image, name));
  const commit = tag?.observed?.commit;
  if (tag?.follows === undefined || commit === undefined) return undefined;
  const { repo, branch } = tag.follows;
  const order = createOrderOnRecord(records);
  const { relation } = await order({ repo, branch, a: commit, b: refused.commit });
  return relation === 'older' ? { commit, than: refused.commit } : undefined;
}
