import { sweep } from '../../functions/smart-redeploy/sweep.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Records } from '../../shared/records/records.ts';

type Sweeper = {
  readonly records: Records;
  readonly hints: Hints;
  readonly clock: Clock;
  readonly log: Log;
  /** Compares what runs with what is published, when that is due. Never throws. */
  readonly survey: () => Promise<unknown>;
  /** Deletes what has expired, and what builds left behind that is kept no longer. */
  readonly expire: (now: number) => Promise<unknown>;
};

const EVERY_MS = 1_000;
const EXPIRE_EVERY = 600;

/** The timer of the one-machine host: asks for what is due each second, at once for what is due at the start. */
export function startSweeper({ records, hints, clock, log, survey, expire }: Sweeper): {
  stop(): Promise<void>;
} {
  let turns = 0;
  const stops = new Map<string, string>();
  let surveying: Promise<unknown> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const turn = async () => {
    try {
      await sweep({ records, hints, clock, stops });
      // It may take a while, and the sweep goes on meanwhile.
      surveying ??= survey().finally(() => {
        surveying = undefined;
      });
      if (turns++ % EXPIRE_EVERY === 0) await expire(clock.now());
    } catch (error) {
      log.error('Sweep failed', { error: error instanceof Error ? error.message : String(error) });
    }
    if (!stopped) timer = setTimeout(next, EVERY_MS);
  };
  let stopped = false;
  let latest = turn();
  const next = () => {
    latest = turn();
  };
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await latest;
      await surveying;
    },
  };
}
