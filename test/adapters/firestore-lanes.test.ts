import test from 'ava';
import fc from 'fast-check';
import { createLanes } from '../../shared/adapters/documents/firestore/lanes.ts';
import { turns } from '../contracts/hints.ts';

test('acts that name the same document are never under way at once, all are run, and failures pass through', async t => {
  const act = fc.record({
    paths: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
    takes: fc.nat(3),
    fails: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 12 }), async acts => {
      const lanes = createLanes();
      let active = new Set<string>();
      const ended = await Promise.allSettled(
        acts.map(({ paths, takes, fails }, i) =>
          lanes(paths, async () => {
            const mine: readonly string[] = [...new Set(paths)];
            t.false(mine.some(path => active.has(path)));
            active = new Set([...active, ...mine]);
            await turns(takes);
            active = new Set([...active].filter(path => !mine.includes(path)));
            if (fails) throw i;
            return i;
          }),
        ),
      );
      t.deepEqual(
        ended.map(end => (end.status === 'fulfilled' ? [false, end.value] : [true, end.reason])),
        acts.map(({ fails }, i) => [fails, i]),
      );
    }),
    { numRuns: 200 },
  );
});
