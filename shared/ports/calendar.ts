import type { Window } from '../domain/configuration/services.ts';

/** Reads windows of time. */
export interface Calendar {
  /** Nothing while one of the windows is open, or where there is none; else when the next one opens, in epoch milliseconds. */
  opens(windows: readonly Window[], now: number): number | undefined;
}
