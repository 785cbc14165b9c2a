import { setTimeout as later } from 'node:timers/promises';

/** How often a push is tried that somebody else keeps being faster than. */
export const RACES = 12;

/**
 * A pause before the next try, so that those who race for a branch come apart.
 *
 * @param lost how many races were lost so far.
 * @param chance from 0 to 1.
 */
export async function pauseAfterRace(lost: number, chance: () => number): Promise<void> {
  await later(chance() * Math.min(50 * 2 ** lost, 3_000));
}
