import type { Stack } from '../domain/documents/stack.ts';
import type { Clock } from '../ports/clock.ts';
import { stacks } from './collections.ts';
import type { Records } from './records.ts';

/** What is known is asked for again after so long; what is built does not wait for it. */
const KEPT_MS = 10_000;
const MOST = 1_000;

/** The images that repos declare themselves, as they were read last. */
export type KnownStacks = {
  current(): readonly Stack[];
  refresh(): Promise<void>;
  /** Only what is older than ten seconds is asked for again. */
  refreshIfOld(): Promise<void>;
};

export function createKnownStacks({
  records,
  clock,
}: {
  readonly records: Records;
  readonly clock: Clock;
}): KnownStacks {
  let known: readonly Stack[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  const refresh = async () => {
    const at = clock.now();
    known = await records.query(stacks, { limit: MOST });
    readAt = at;
  };
  return {
    current: () => known,
    refresh,
    async refreshIfOld() {
      if (clock.now() - readAt >= KEPT_MS) await refresh();
    },
  };
}
