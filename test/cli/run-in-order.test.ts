import test from 'ava';
import fc from 'fast-check';
import { runInOrder } from '../../infra/cli/build/run-in-order.ts';

/** Trees in which each stands on some of those before it; some of them fail. */
const trees = fc
  .array(fc.record({ on: fc.array(fc.nat(), { maxLength: 2 }), fails: fc.boolean(), ticks: fc.nat(3) }), {
    maxLength: 25,
  })
  .map(nodes =>
    nodes.map(({ on, ...node }, index) => ({
      ...node,
      name: `i${index}`,
      parents: index === 0 ? [] : [...new Set(on.map(number => `i${number % index}`))],
    })),
  );

test('each runs once, after all that it stands on, within the limit; a failure leaves out what stands on it and nothing else', async t => {
  const property = fc.asyncProperty(trees, fc.integer({ min: 1, max: 4 }), async (items, limit) => {
    const done = new Set<string>();
    const ran: string[] = [];
    let running = 0;
    const ends = await runInOrder(items, {
      limit,
      async run({ name, parents, fails, ticks }) {
        ran.push(name);
        running++;
        t.true(running <= limit && parents.every(parent => done.has(parent)));
        for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
        running--;
        if (fails) throw new Error(name);
        done.add(name);
        return name;
      },
    });
    const broken = new Set<string>();
    for (const { name, parents, fails } of items) {
      const isLeftOut = parents.some(parent => broken.has(parent));
      if (fails || isLeftOut) broken.add(name);
      t.is(ends.get(name)?.kind, isLeftOut ? 'left out' : fails ? 'failed' : 'done');
    }
    t.deepEqual(
      ran.toSorted(),
      items.flatMap(({ name }) => (ends.get(name)?.kind === 'left out' ? [] : [name])).toSorted(),
    );
  });
  await t.notThrowsAsync(fc.assert(property, { numRuns: 200 }));
});

test('what stands on nothing that is left starts as soon as there is room, whatever its siblings do', async t => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const seen: string[] = [];
  const items = [
    { name: 'slow', parents: [] },
    { name: 'quick', parents: [] },
    { name: 'child', parents: ['quick'] },
  ];
  await runInOrder(items, {
    limit: 2,
    async run({ name }) {
      seen.push(name);
      if (name === 'slow') await promise;
      if (name === 'child') resolve();
    },
  });
  t.deepEqual(seen, ['slow', 'quick', 'child']);
});
