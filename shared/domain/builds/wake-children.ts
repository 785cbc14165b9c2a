import { instant } from '../claims.ts';
import type { Build } from '../documents/build.ts';

/**
 * The builds that stand on one that has just ended, due now: to start, or to give up. One that gave up starts anew
 * when its parent succeeds after all, so that the order of the parent's failure and success does not matter.
 */
export function wakeChildren(
  children: readonly (Build | undefined)[],
  parent: { readonly status: Build['status'] },
  now: number,
): Build[] {
  return children.flatMap(child => {
    if (child?.status === 'waiting') return [{ ...child, due: instant(now) }];
    const revives =
      parent.status === 'succeeded' && child?.status === 'failed' && child.buildId === undefined;
    if (!revives) return [];
    return [
      { ...child, status: 'waiting', lastError: undefined, endedAt: undefined, due: instant(now) } as const,
    ];
  });
}
