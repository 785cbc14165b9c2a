import test from 'ava';
import { calendar } from '../../shared/adapters/windows/calendar.ts';

const workdays = { opens: '0 9 * * mon-fri', lasts: '8h', timeZone: 'Europe/Berlin' };
const nights = { opens: '0 22 * * *', lasts: '4h', timeZone: 'UTC' };

const opens = test.macro({
  exec(t, windows: readonly (typeof workdays)[], now: string, expected: string | undefined) {
    const next = calendar.opens(windows, Date.parse(now));
    t.is(next && new Date(next).toISOString(), expected && new Date(expected).toISOString());
  },
  title: name => `calendar.opens(): ${name}`,
});
test('without windows it is always open', opens, [], '2026-11-21T03:00:00Z', undefined);
test('it is open from the first moment', opens, [workdays], '2026-11-20T08:00:00Z', undefined);
test('it is open until the last moment', opens, [workdays], '2026-11-20T15:59:59Z', undefined);
test('it is closed at its end', opens, [workdays], '2026-11-20T16:00:00Z', '2026-11-23T08:00:00Z');
test('on a Saturday it opens on Monday', opens, [workdays], '2026-11-21T10:00:00Z', '2026-11-23T08:00:00Z');
test('summer time moves it', opens, [workdays], '2026-07-06T06:00:00Z', '2026-07-06T07:00:00Z');
test('a window may go past midnight', opens, [nights], '2026-11-21T01:59:00Z', undefined);
test('of several the next counts', opens, [workdays, nights], '2026-11-21T10:00:00Z', '2026-11-21T22:00:00Z');
