import test from 'ava';
import fc from 'fast-check';
import { createRounds } from '../../shared/adapters/hints/pubsub/rounds.ts';
import { hint, openable, turns } from '../contracts/hints.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

/** Hints as they are delivered, with what became of each. */
function deliveries() {
  const ends: string[] = [];
  const deliver = (key: string) => ({
    hint: hint(key),
    ack: () => void ends.push(`${key} acknowledged`),
    nack: () => void ends.push(`${key} given back`),
  });
  return { ends, deliver };
}

test('a hint is acknowledged after its listener is done, not before', async t => {
  const { ends, deliver } = deliveries();
  const gate = openable();
  const rounds = createRounds({ listener: () => gate.passed, concurrency: 1, log });
  rounds.add(deliver('a'));
  await turns(3);
  t.deepEqual(ends, []);
  gate.open();
  await turns(1);
  t.deepEqual(ends, ['a acknowledged']);
});

test('hints of one document that wait together are one look', async t => {
  const { ends, deliver } = deliveries();
  const gate = openable();
  const looks: string[] = [];
  const listener = async ({ key }: { readonly key: string }) => {
    looks.push(key);
    await gate.passed;
  };
  const rounds = createRounds({ listener, concurrency: 1, log });
  for (const key of ['a', 'b', 'a', 'b', 'a']) rounds.add(deliver(key));
  t.deepEqual(looks, ['a']);
  gate.open();
  await turns(3);
  t.deepEqual(looks, ['a', 'b', 'a']);
  t.is(ends.filter(end => end.endsWith('acknowledged')).length, 5);
});

test('after stopping, what waits and what comes is given back; what is under way ends', async t => {
  const { ends, deliver } = deliveries();
  const gate = openable();
  const rounds = createRounds({ listener: () => gate.passed, concurrency: 1, log });
  rounds.add(deliver('under way'));
  rounds.add(deliver('waits'));
  rounds.stop();
  rounds.add(deliver('late'));
  t.deepEqual(ends, ['waits given back', 'late given back']);
  gate.open();
  await turns(1);
  t.deepEqual(ends.slice(2), ['under way acknowledged']);
});

test('whatever comes, takes its time and fails: each document once at a time, and every hint ends once', async t => {
  const act = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), takes: fc.nat(3), fails: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 20 }),
      fc.integer({ min: 1, max: 3 }),
      async (acts, concurrency) => {
        const active = new Set<string>();
        let looks = 0;
        const listener = async ({ key }: { readonly key: string }) => {
          const { takes, fails } = acts[looks++] ?? { takes: 0, fails: false };
          t.false(active.has(key));
          active.add(key);
          t.true(active.size <= concurrency);
          await turns(takes);
          active.delete(key);
          if (fails) throw new Error('no');
        };
        const { ends, deliver } = deliveries();
        const rounds = createRounds({ listener, concurrency, log });
        for (const { key } of acts) rounds.add(deliver(key));
        for (let left = 100; left > 0 && ends.length < acts.length; left -= 1) await turns(1);
        t.deepEqual(ends.map(end => end[0]).sort(), acts.map(({ key }) => key).sort());
      },
    ),
    { numRuns: 200 },
  );
});
