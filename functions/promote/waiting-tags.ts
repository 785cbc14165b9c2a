import { instant } from '../../shared/domain/claims.ts';
import { isMovedByItself } from '../../shared/domain/configuration/tags.ts';
import type { GateResult } from '../../shared/domain/documents/gate.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { waitsFor } from '../../shared/domain/gates/gate-questions.ts';
import { tags } from '../../shared/records/collections.ts';
import { type RecordRef, refTo } from '../../shared/records/records.ts';
import type { Promote } from './promote.ts';

/** The tags of an image that move by themselves and that the gate is in front of: each may wait for its answer. */
export function gatedTags(
  { configuration }: Promote,
  { image, gate }: Pick<GateResult, 'image' | 'gate'>,
): RecordRef<Tag>[] {
  return Object.entries(configuration.tags).flatMap(([name, rule]) => {
    const isGated = isMovedByItself(rule) && rule.gates?.includes(gate) === true;
    return isGated && rule.images.includes(image) ? [refTo(tags, image, name)] : [];
  });
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
