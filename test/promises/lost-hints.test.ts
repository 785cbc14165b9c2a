import test from 'ava';
import { FACTS_OF_LINE, inMemory, keptPromises, liveOnLine } from '../helpers/world/line-of-five.ts';
import { onSchedules, orderly } from '../helpers/world/schedules.ts';

test('Nothing acknowledged is lost, and any order has one end, even when every hint is lost and only the sweep works', async t => {
  const { truth } = await liveOnLine(orderly(FACTS_OF_LINE), inMemory());
  await onSchedules(FACTS_OF_LINE, 1 / 4, async plan => {
    t.like(await liveOnLine(plan, inMemory(), { hintsLost: true }), keptPromises(truth));
  });
});
