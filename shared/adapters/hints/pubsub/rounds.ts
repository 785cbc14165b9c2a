import type { Hint, Listener } from '../../../ports/hints.ts';
import type { Log } from '../../../ports/log.ts';

/** A hint as it was delivered. */
export type Delivered = {
  readonly hint: Hint;
  ack(): void;
  /** Deliver it again. */
  nack(): void;
};
export type Rounds = {
  add(delivered: Delivered): void;
  /** Gives back what waits, and everything that comes from now on. */
  stop(): void;
};

/**
 * Lets the listener look at each document once at a time. Hints of one document that wait together are one look,
 * and all of them are acknowledged after it: a hint says no more than that its document wants one.
 */
export function createRounds({
  listener,
  concurrency,
  log,
}: {
  readonly listener: Listener;
  readonly concurrency: number;
  readonly log: Log;
}): Rounds {
  const waiting = new Map<string, Delivered[]>();
  const underWay = new Set<string>();
  let stopped = false;

  return {
    add(delivered) {
      if (stopped) return delivered.nack();
      const { collection, key } = delivered.hint;
      const id = `${collection}/${key}`;
      const together = waiting.get(id);
      if (together === undefined) waiting.set(id, [delivered]);
      else together.push(delivered);
      start();
    },
    stop() {
      stopped = true;
      for (const delivered of [...waiting.values()].flat()) delivered.nack();
      waiting.clear();
    },
  };

  function start(): void {
    for (const [id, together] of waiting) {
      if (underWay.size >= concurrency) return;
      if (underWay.has(id)) continue;
      waiting.delete(id);
      void look(id, together);
    }
  }

  async function look(id: string, together: readonly Delivered[]): Promise<void> {
    const [first] = together;
    if (first === undefined) return;
    underWay.add(id);
    try {
      await listener(first.hint);
      for (const delivered of together) delivered.ack();
    } catch (error) {
      log.warn('Hint failed, it will be delivered again', { ...first.hint, error });
      for (const delivered of together) delivered.nack();
    }
    underWay.delete(id);
    start();
  }
}
