import { Cron } from 'croner';
import type { Window } from '../../domain/configuration/services.ts';
import { milliseconds } from '../../domain/durations.ts';
import type { Calendar } from '../../ports/calendar.ts';

/** So far ahead is looked for the next window: five weeks hold every weekday and every day of a month. */
const FAR_MS = 35 * 24 * 3_600_000;

/**
 * Windows as cron writes them, with time zones and their summer time: croner, which has no dependencies and is typed,
 * knows those. A window that never opens is looked at again five weeks later.
 */
export const calendar: Calendar = {
  opens(windows, now) {
    if (windows.length === 0 || windows.some(window => isOpen(window, now))) return undefined;
    const next = windows.map(window => cronOf(window).nextRun(new Date(now))?.getTime() ?? now + FAR_MS);
    return Math.min(...next);
  },
};

function isOpen(window: Window, now: number): boolean {
  // The last opening that can still be in force is the first one after that long ago.
  const opened = cronOf(window).nextRun(new Date(now - milliseconds(window.lasts)));
  return opened !== null && opened.getTime() <= now;
}

function cronOf({ opens, timeZone }: Window): Cron {
  return new Cron(opens, { timezone: timeZone, mode: '5-part', paused: true });
}
