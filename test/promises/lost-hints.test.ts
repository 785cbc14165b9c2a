import test from 'ava';
import {
  FACTS_OF_LINE,
  inMemory,
  keptPromises,
  liveOnLine,
  orderlyTruth,
} from '../helpers/world/line-of-five.ts';
import { onSchedules } from '../helpers/world/schedules.ts';

test('Nothing acknowledged is lost, and any order has one end, even when every hint is lost and only the sweep works', async t => {
  const truth = await orderlyTruth();
  await onSchedules(FACTS_OF_LINE, { share: 1 / 4 }, async plan => {
    t.deepEqual(await liveOnLine(plan, inMemory(), { hintsLost: true }), keptPromises(truth));
  });
});
