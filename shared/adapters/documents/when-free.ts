import { setTimeout as pause } from 'node:timers/promises';
import { isBusy } from './sqlite-errors.ts';

const PAUSE_MS = 10;
const TRIES = 300;

/**
 * Does what needs a lock that another process may hold. SQLite itself waits for up to 20 ms, holding up
 * everything else here; the rest of the wait, about 10 s in all, lets others go on.
 */
export async function whenFree<R>(act: () => R): Promise<R> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || left <= 0) throw error;
      await pause(PAUSE_MS);
    }
  }
}
