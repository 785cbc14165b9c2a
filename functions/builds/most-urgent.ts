import { instant, isClaimed } from '../../shared/domain/claims.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { builds } from '../../shared/records/collections.ts';
import type { Records } from '../../shared/records/records.ts';

type Queue = { readonly records: Records; readonly clock: Clock };

/** Whoever has a place looks at so many that wait for one. */
const LOOKED_AT = 100;

/**
 * The build that goes next where one has a place: the one that was hinted at, unless a more urgent one waits. Each
 * has a hint of its own, so none is forgotten. Where nobody said that anything is urgent, that is one quick question.
 */
export async function mostUrgent(its: Queue, hinted: Build): Promise<Build> {
  const now = its.clock.now();
  // It may have gone before its own hint came, on that of one that still waits.
  const isOpen = hinted.due !== undefined && hinted.due <= instant(now) && !isClaimed(hinted, now);
  if (isOpen && !(await isAnyUrgent(its))) return hinted;
  const where = [{ field: 'due', is: '<=', value: instant(now) }] as const;
  const orderBy = { field: 'due', direction: 'asc' } as const;
  const due = await its.records.query(builds, { where, orderBy, limit: LOOKED_AT });
  const waiting = due.filter(build => build.status === 'waiting' && !isClaimed(build, now));
  const first = isOpen ? hinted : (waiting[0] ?? hinted);
  return waiting.reduce(
    (best, build) => ((build.priority ?? 0) > (best.priority ?? 0) ? build : best),
    first,
  );
}

async function isAnyUrgent({ records }: Queue): Promise<boolean> {
  const where = [{ field: 'status', is: '==', value: 'waiting' }] as const;
  const orderBy = { field: 'priority', direction: 'desc' } as const;
  const [first] = await records.query(builds, { where, orderBy, limit: 1 });
  return first?.priority !== undefined;
}
