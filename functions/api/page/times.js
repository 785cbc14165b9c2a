const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long ago, or until, in one unit: "12 s ago", "3 min ago", "in 5 h". Below two seconds it is "now".
 *
 * @param {string} at RFC 3339
 * @param {number} now milliseconds since the Unix epoch
 */
export function relativeTime(at, now) {
  const distance = now - Date.parse(at);
  if (Math.abs(distance) < 2 * SECOND) return 'now';
  return distance > 0 ? `${inOneUnit(distance)} ago` : `in ${inOneUnit(-distance)}`;
}

/**
 * The length of a step, as exactly as it matters: "420 ms", "8.2 s", "3 min 12 s", "2 h 5 min".
 *
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${Number((milliseconds / SECOND).toFixed(1))} s`;
  if (milliseconds < HOUR)
    return inTwoUnits(milliseconds, { big: MINUTE, small: SECOND, names: ['min', 's'] });
  if (milliseconds < DAY) return inTwoUnits(milliseconds, { big: HOUR, small: MINUTE, names: ['h', 'min'] });
  return inTwoUnits(milliseconds, { big: DAY, small: HOUR, names: ['d', 'h'] });
}

/**
 * The moment in full, in the reader's time zone and in UTC.
 *
 * @param {string} at RFC 3339
 */
export function exactTime(at) {
  return `${new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })} (${at})`;
}

/**
 * The time of day, in the reader's time zone; of another day than `now`, the day too.
 *
 * @param {string} at RFC 3339
 * @param {number} now milliseconds since the Unix epoch
 */
export function timeOfDay(at, now) {
  const moment = new Date(at);
  if (moment.toDateString() === new Date(now).toDateString()) return moment.toLocaleTimeString('en-GB');
  return moment.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
}

/** @param {number} milliseconds */
function inOneUnit(milliseconds) {
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / SECOND)} s`;
  if (milliseconds < HOUR) return `${Math.floor(milliseconds / MINUTE)} min`;
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)} h`;
  return `${Math.floor(milliseconds / DAY)} d`;
}

/**
 * @param {number} milliseconds
 * @param {{ big: number, small: number, names: [string, string] }} units
 */
function inTwoUnits(milliseconds, { big, small, names }) {
  const rounded = Math.round(milliseconds / small) * small;
  const rest = Math.round((rounded % big) / small);
  const whole = `${Math.floor(rounded / big)} ${names[0]}`;
  return rest === 0 ? whole : `${whole} ${rest} ${names[1]}`;
}
