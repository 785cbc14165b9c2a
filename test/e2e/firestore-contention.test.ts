import test from 'ava';
import type { Documents } from '../../shared/ports/documents.ts';
import { increment } from '../contracts/documents-transactions.ts';
import { firestorePlace } from '../helpers/firestore-place.ts';
import { need } from '../helpers/need.ts';

const hot = { collection: 'things', key: 'hot' };
const WRITERS = 20;
const PAIRS = 10;

if (need('FIRESTORE_EMULATOR_HOST') === undefined) {
  test('contention in Firestore', t => {
    t.log('skipped: FIRESTORE_EMULATOR_HOST is not set');
    t.pass();
  });
} else {
  test.serial('20 processes that change one document 5 times each are through soon, each once', async t => {
    const { open } = firestorePlace(t, []);
    const clients = Array.from({ length: WRITERS }, open);
    await Promise.all(clients.map(client => client.get(hot)));
    const began = performance.now();
    const five = [1, 2, 3, 4, 5];
    const counts = await Promise.all(clients.map(client => oneByOne(five, () => increment(client, hot))));
    const took = performance.now() - began;
    t.log(`${WRITERS * 5} changes in ${Math.round(took)} ms`);
    // Alone it takes about 2 s; other suites may be using the emulator.
    t.true(took < 60_000);
    t.deepEqual(
      counts.flat().sort((a, b) => a - b),
      Array.from({ length: WRITERS * 5 }, (_, i) => i + 1),
    );
  });

  test.serial('of what two processes read and only one of them may write, never both do', async t => {
    const { open } = firestorePlace(t, []);
    const [one, other] = [open(), open()];
    const pairs = Array.from({ length: PAIRS }, (_, i) => i);
    const taken = await Promise.all(
      pairs.map(i => Promise.all([take(one, `${i}-a`, `${i}-b`), take(other, `${i}-b`, `${i}-a`)])),
    );
    for (const both of taken) t.deepEqual(both.toSorted(), [false, true]);
  });

  test.serial(
    'of what two processes find absent, or find there and leave, neither changes unseen',
    async t => {
      const { open } = firestorePlace(t, []);
      const [one, other] = [open(), open()];
      const flags = Array.from({ length: PAIRS }, (_, i) => ({ collection: 'flags', key: `${i}` }));
      await Promise.all(flags.map((flag, i) => (i % 2 === 0 ? write(one, flag, { up: true }) : undefined)));
      // Who copies a flag's state while another turns it over must have copied it before or after, not in between.
      const copies = await Promise.all(
        flags.map(async flag => {
          const copy = { ...flag, collection: 'copies' };
          await Promise.all([
            one.transact([flag, copy], ([found]) => ({
              result: undefined,
              writes: [{ ref: copy, fields: { up: found !== undefined } }],
            })),
            other.transact([flag, copy], ([found, copied]) => ({
              result: undefined,
              writes:
                copied === undefined ? [{ ref: flag, fields: found === undefined ? {} : undefined }] : [],
            })),
          ]);
          return [await one.get(flag), await one.get(copy)] as const;
        }),
      );
      for (const [flag, copy] of copies) t.is(copy?.['up'], flag !== undefined);
    },
  );
}

function take(client: Documents, mine: string, theirs: string): Promise<boolean> {
  const refs = [mine, theirs].map(key => ({ collection: 'things', key }));
  return client.transact(refs, found => {
    const free = found.every(fields => fields === undefined);
    const writes = refs.slice(0, 1).map(ref => ({ ref, fields: { taken: true } }));
    return { result: free, writes: free ? writes : [] };
  });
}

function write(client: Documents, ref: typeof hot, fields: { readonly up: boolean }): Promise<void> {
  return client.transact([], () => ({ result: undefined, writes: [{ ref, fields }] }));
}

async function oneByOne<T>(items: readonly unknown[], act: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const _ of items) results.push(await act());
  return results;
}
