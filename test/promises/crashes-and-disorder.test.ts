import test from 'ava';
import {
  FACTS_OF_LINE,
  inMemory,
  keptPromises,
  liveOnLine,
  orderlyTruth,
} from '../helpers/world/line-of-five.ts';
import { onSchedules } from '../helpers/world/schedules.ts';

test('Forward only, nothing acknowledged is lost, repeats are harmless, any order has one end: random schedules with crashes', async t => {
  const truth = await orderlyTruth();
  await onSchedules(FACTS_OF_LINE, {}, async plan => {
    t.deepEqual(await liveOnLine(plan, inMemory()), keptPromises(truth));
  });
});
