import type { Hint, Listener, Listening } from '../../ports/hints.ts';
import type { Log } from '../../ports/log.ts';

export type TopicQueue = {
  add(hint: Hint): void;
  listen(listener: Listener, how: Listening): () => Promise<void>;
  isIdle(): boolean;
  /** Resolves the next time that the queue is idle. */
  idle(): Promise<void>;
  close(): Promise<void>;
};

/** One document's hint on its way. It is in one place only: waiting, under way, or pausing before another try. */
type Errand = {
  readonly hint: Hint;
  failures: number;
  state: 'waiting' | 'under way' | 'pausing';
  again: boolean;
};
type Attendant = Listening & { readonly listener: Listener };

/** The hints of one topic: at most one for each document, since a hint says no more than that it wants a look. */
export function createTopicQueue({
  topic,
  log,
  pauses,
}: {
  readonly topic: string;
  readonly log: Log;
  readonly pauses: readonly number[];
}): TopicQueue {
  const errands = new Map<string, Errand>();
  const waiting = new Map<string, Errand>();
  const timers = new Set<NodeJS.Timeout>();
  const onIdle = new Set<() => void>();
  const onRest = new Set<() => void>();
  let attendant: Attendant | undefined;
  let underWay = 0;
  let open = true;

  return {
    add(hint) {
      const id = idOf(hint);
      const errand = errands.get(id);
      // Whoever handles it may have read the document already, so it is handled once more afterwards.
      if (errand?.state === 'under way') errand.again = true;
      if (errand === undefined) wait({ hint, failures: 0, state: 'waiting', again: false });
    },
    listen(listener, how) {
      if (attendant !== undefined) throw new Error(`Cannot listen to topic "${topic}": it has a listener`);
      const mine = { listener, ...how };
      attendant = mine;
      queueMicrotask(start);
      return async () => {
        if (attendant === mine) attendant = undefined;
        await atRest();
      };
    },
    isIdle,
    idle: () => (isIdle() ? Promise.resolve() : new Promise(resolve => onIdle.add(resolve))),
    async close() {
      open = false;
      attendant = undefined;
      for (const timer of timers) clearTimeout(timer);
      for (const [id, errand] of errands) if (errand.state !== 'under way') errands.delete(id);
      waiting.clear();
      await atRest();
    },
  };

  function isIdle(): boolean {
    return underWay === 0 && (attendant === undefined || errands.size === 0);
  }

  function atRest(): Promise<void> {
    announce();
    return underWay === 0 ? Promise.resolve() : new Promise(resolve => onRest.add(resolve));
  }

  function wait(errand: Errand): void {
    const id = idOf(errand.hint);
    errand.state = 'waiting';
    errands.set(id, errand);
    waiting.set(id, errand);
    queueMicrotask(start);
  }

  function start(): void {
    for (const errand of waiting.values()) {
      if (attendant === undefined || underWay >= attendant.concurrency) return;
      void handle(errand, attendant);
    }
  }

  async function handle(first: Errand, { listener, choose }: Attendant): Promise<void> {
    let errand = take(first);
    underWay += 1;
    try {
      if (choose !== undefined) errand = await chosenFor(first, choose);
      await listener(errand.hint);
      errand.failures = 0;
      settle(errand);
    } catch (error) {
      errand.failures += 1;
      tryAgain(errand, error);
    }
    underWay -= 1;
    start();
    announce();
  }

  function take(errand: Errand): Errand {
    waiting.delete(idOf(errand.hint));
    errands.set(idOf(errand.hint), errand);
    errand.state = 'under way';
    errand.again = false;
    return errand;
  }

  /** The errand that goes in the place of this one, which then waits on. */
  async function chosenFor(errand: Errand, choose: NonNullable<Listening['choose']>): Promise<Errand> {
    const own = idOf(errand.hint);
    const isTaken = (hint: Hint) => {
      const known = errands.get(idOf(hint));
      return known !== undefined && known !== errand && known.state !== 'waiting';
    };
    for (;;) {
      const hint = await choose(errand.hint, isTaken);
      if (idOf(hint) === own) return errand;
      // It may have been taken while this was chosen.
      if (isTaken(hint)) continue;
      const other = take(errands.get(idOf(hint)) ?? { hint, failures: 0, state: 'waiting', again: false });
      giveBack(errand);
      return other;
    }
  }

  /** It was not its turn: it is the first of those that wait. */
  function giveBack(errand: Errand): void {
    if (!open) return void errands.delete(idOf(errand.hint));
    const behind = [...waiting];
    waiting.clear();
    wait(errand);
    for (const [id, other] of behind) waiting.set(id, other);
  }

  function settle(errand: Errand): void {
    if (errand.again && open) wait(errand);
    else errands.delete(idOf(errand.hint));
  }

  function tryAgain(errand: Errand, error: unknown): void {
    const pause = open ? pauses[errand.failures - 1] : undefined;
    const fields = { ...errand.hint, failures: errand.failures, error };
    if (pause === undefined) {
      log[open ? 'error' : 'warn']('Hint dropped, the sweep will publish it again', fields);
      errand.failures = 0;
      settle(errand);
    } else {
      log.warn('Hint failed, it will be tried again', { ...fields, pause });
      waitAfter(pause, errand);
    }
  }

  function waitAfter(pause: number, errand: Errand): void {
    errand.state = 'pausing';
    const timer = setTimeout(() => {
      timers.delete(timer);
      wait(errand);
    }, pause);
    timers.add(timer);
  }

  function announce(): void {
    if (underWay === 0) resolveAll(onRest);
    if (isIdle()) resolveAll(onIdle);
  }
}

function idOf({ collection, key }: Hint): string {
  return `${collection}/${key}`;
}

function resolveAll(resolves: Set<() => void>): void {
  for (const resolve of resolves) resolve();
  resolves.clear();
}
