import test from 'ava';
import { FACTS_OF_LINE, inMemory, keptPromises, liveOnLine } from '../helpers/world/line-of-five.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { onSchedules, orderly } from '../helpers/world/schedules.ts';

test('Forward only, nothing acknowledged is lost, repeats are harmless, any order has one end: random schedules with crashes', async t => {
  const { truth } = await liveOnLine(orderly(FACTS_OF_LINE), inMemory());
  t.true(truth.includes(`"commit": "${shaOf('c5')}"`));
  await onSchedules(FACTS_OF_LINE, 1, async plan => {
    t.like(await liveOnLine(plan, inMemory()), keptPromises(truth));
  });
});
