import { instant } from '../../shared/domain/claims.ts';
import type { GateResult } from '../../shared/domain/documents/gate.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { isGatedMove } from '../../shared/domain/gates/gates-of.ts';
import { waitsFor } from '../../shared/domain/gates/questions-of-tag.ts';
import { tags } from '../../shared/records/collections.ts';
import { type RecordRef, refTo } from '../../shared/records/records.ts';
import type { Promote } from './promote.ts';

/** The tags of an image that move by themselves and that the gate is in front of: each may wait for its answer. */
export function gatedTags(
  { configuration }: Promote,
  { image, gate }: Pick<GateResult, 'image' | 'gate'>,
): RecordRef<Tag>[] {
  return Object.keys(configuration.tags).flatMap(tag =>
    isGatedMove(configuration, { image, tag, gate }) ? [refTo(tags, image, tag)] : [],
  );
}

/** Those that wait for this very answer, due now. */
export function woken(found: readonly (Tag | undefined)[], result: GateResult, now: number): Tag[] {
  const due = instant(now);
  return found.flatMap(tag =>
    tag !== undefined && waitsFor(tag, result) ? [{ ...tag, due, attempts: 0 }] : [],
  );
}

export async function wakeUp({ hints }: Promote, due: readonly Tag[]): Promise<void> {
  await hints.publish(
    due.map(({ image, tag }) => ({ topic: 'tags', collection: 'tags', key: refTo(tags, image, tag).key })),
  );
}
