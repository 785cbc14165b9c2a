import { instant, isClaimed } from '../../shared/domain/claims.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { builds } from '../../shared/records/collections.ts';
import type { Records } from '../../shared/records/records.ts';

/** Whoever has a place looks at so many that wait for one. */
const LOOKED_AT = 100;

/**
 * The build that goes next where one has a place: the one that was hinted at, unless a more urgent one waits. Each
 * has a hint of its own, so none is forgotten.
 */
export async function mostUrgent(
  { records, clock }: { readonly records: Records; readonly clock: Clock },
  hinted: Build,
): Promise<Build> {
  const now = clock.now();
  const where = [{ field: 'due', is: '<=', value: instant(now) }] as const;
  const orderBy = { field: 'due', direction: 'asc' } as const;
  const due = await records.query(builds, { where, orderBy, limit: LOOKED_AT });
  const waiting = due.filter(build => build.status === 'waiting' && !isClaimed(build, now));
  // It may have gone before its own hint came, on that of one that still waits.
  const isOpen = hinted.due !== undefined && hinted.due <= instant(now) && !isClaimed(hinted, now);
  const first = isOpen ? hinted : (waiting[0] ?? hinted);
  return waiting.reduce(
    (best, build) => ((build.priority ?? 0) > (best.priority ?? 0) ? build : best),
    first,
  );
}
