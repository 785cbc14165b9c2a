import type { Builder } from '../../../ports/builder.ts';

/** A builder that tells how busy it is. */
export interface LimitedBuilder extends Builder {
  /** How many builds it has taken and not ended, with those that wait for their turn. */
  underWay(): number;
  /** Whether the next build would have to wait. */
  isFull(): boolean;
}

/**
 * The builder, but no more than this many of its builds run at once. Others wait for their turn, first come first
 * served, and stop waiting when their signal says so.
 */
export function limitBuilder(builder: Builder, concurrency = Number.POSITIVE_INFINITY): LimitedBuilder {
  const waiting: (() => void)[] = [];
  let running = 0;
  const leave = () => {
    const next = waiting.shift();
    // The place is handed over: a build that comes at this moment has to wait like everybody.
    if (next === undefined) running--;
    else next();
  };
  return {
    ...builder,
    underWay: () => running + waiting.length,
    isFull: () => running >= concurrency,
    async build(order, progress, signal) {
      signal.throwIfAborted();
      if (running < concurrency) running++;
      else {
        progress.output(`Waiting for builder ${builder.name}, which runs ${concurrency} at once`);
        await turn(waiting, signal);
      }
      try {
        const ready = progress.begin?.(builder);
        if (ready !== undefined) await ready;
        return await builder.build(order, progress, signal);
      } finally {
        leave();
      }
    },
  };
}

/** Resolves when a place is handed over. @throws the signal's reason, and is then in nobody's way. */
function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const give = () => {
    signal.removeEventListener('abort', giveUp);
    resolve();
  };
  const giveUp = () => {
    waiting.splice(waiting.indexOf(give), 1);
    reject(signal.reason);
  };
  waiting.push(give);
  signal.addEventListener('abort', giveUp, { once: true });
  return promise;
}
