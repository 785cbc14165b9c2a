import { covers, type Holdable, heldSentence } from '../../shared/domain/holds/judge-holds.ts';
import { readHolds } from '../../shared/records/holds.ts';
import type { Words } from './words.ts';

/**
 * Why a person's word stops in front of a hold; nothing where it does not, or goes past it. What holds a tag since it was
 * taken back is in the way of promotions, and of no further step back.
 */
export async function stoppedByHold(
  its: Words,
  subjects: readonly Holdable[],
  isPast: boolean,
): Promise<string | undefined> {
  if (isPast) return undefined;
  const hold = (await readHolds(its)).find(
    ({ scope, rollback }) => rollback !== true && subjects.some(subject => covers(scope, subject)),
  );
  return hold === undefined
    ? undefined
    : `it is ${heldSentence(hold)}; pastHold, or --past-hold, goes past that`;
}
