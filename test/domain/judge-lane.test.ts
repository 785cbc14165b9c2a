import test from 'ava';
import { judgeLane, leaveLane } from '../../shared/domain/deploys/judge-lane.ts';
import type { Lane } from '../../shared/domain/documents/lane.ts';
import { at, NOW } from '../helpers/a-document.ts';

const asking = { target: 'here', service: 'web', limit: 2, lasts: 60_000, now: NOW };
const held = (holders: Lane['holders']): Lane => ({ target: 'here', holders });

const judges = test.macro({
  exec(t, lane: Lane | undefined, holders: Lane['holders'], waits: boolean) {
    const judged = judgeLane(lane, asking);
    t.deepEqual(judged.lane.holders, holders);
    t.is(judged.wait !== undefined, waits);
  },
  title: name => `judgeLane(): ${name}`,
});
test('the first gets a place', judges, undefined, { web: at(60) }, false);
test('so does the last that there is room for', judges, held({ a: at(9) }), { a: at(9), web: at(60) }, false);
test('one too many waits', judges, held({ a: at(9), b: at(9) }), { a: at(9), b: at(9) }, true);
test('asking again renews', judges, held({ a: at(9), web: at(1) }), { a: at(9), web: at(60) }, false);
test(
  'who did not come back has lost the place',
  judges,
  held({ a: at(9), b: at(-1) }),
  { a: at(9), web: at(60) },
  false,
);

test('leaveLane(): the place is free again', t => {
  t.deepEqual(leaveLane(held({ a: at(9), web: at(9) }), 'web').holders, { a: at(9) });
});
