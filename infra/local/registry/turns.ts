/** Runs `act` when everything that came before it under the same key has ended, however it ended. */
export type Turns = <T>(key: string, act: () => Promise<T>) => Promise<T>;

/** One at a time per key, in the order of the calls. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return async (key, act) => {
    const before = last.get(key) ?? Promise.resolve();
    const turn = before.then(act, act);
    last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (last.get(key) === turn) last.delete(key);
    }
  };
}
