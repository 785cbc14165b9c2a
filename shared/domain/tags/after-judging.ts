import { instant, sooner } from '../claims.ts';
import type { Tag } from '../documents/tag.ts';
import { dueOfTag, isBehind } from './judge-tag.ts';

/** A judged tag with the time of its next look: later each time that nothing came of it. */
export function afterJudging(
  before: Tag,
  { tag, moves }: { readonly tag: Tag; readonly moves: readonly object[] },
  { now, heldUntil }: { readonly now: number; readonly heldUntil?: string | undefined },
): Tag {
  const idle = moves.length === 0 && tag.candidates.every(({ waits }) => waits !== undefined);
  const attempts = idle && tag.candidates.length > 0 ? before.attempts + 1 : 0;
  const lastError = isBehind(tag) ? before.lastError : undefined;
  const next = { ...tag, attempts, lastError };
  const ends = heldUntil !== undefined && heldUntil > instant(now) ? heldUntil : undefined;
  return { ...next, due: sooner(dueOfTag(next, now), tag.candidates.length > 0 ? ends : undefined) };
}
