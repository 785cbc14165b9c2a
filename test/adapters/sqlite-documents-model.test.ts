import test from 'ava';
import fc from 'fast-check';
import type { Documents, Fields, Query, QueryShape, Ref, Write } from '../../shared/ports/documents.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { stateFolder } from '../helpers/state-folder.ts';

type Step = {
  readonly reads: readonly string[];
  readonly writes: readonly StepWrite[];
  readonly fails: boolean;
};
type StepWrite = { readonly key: string; readonly fields: Fields | undefined };

const collection = 'things';
const ascending = { field: 'due', direction: 'asc' } as const;
const descending = { field: 'due', direction: 'desc' } as const;
const SHAPES: readonly QueryShape[] = [
  { collection, where: [], orderBy: ascending },
  { collection, where: ['color'], orderBy: descending },
  { collection, where: ['color'] },
];
const COLORS = ['red', 'blue', '', "it's", 'ü'];

const byColor = COLORS.map(value => [{ field: 'color', is: '==', value } as const]);
const QUERIES: readonly Query[] = [
  { collection, limit: 3 },
  { collection, orderBy: ascending, limit: 10 },
  ...byColor.map(where => ({ collection, where, limit: 10 })),
  ...byColor.map(where => ({ collection, where, orderBy: descending, limit: 10 })),
];

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const fields = fc.record(
  {
    color: fc.constantFrom(...COLORS),
    due: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 3 }), fc.integer({ min: -3, max: 3 })),
    value: fc.json({ maxDepth: 3 }).map(text => JSON.parse(text)),
  },
  { requiredKeys: [] },
);
const step: fc.Arbitrary<Step> = fc.record({
  reads: fc.uniqueArray(key, { maxLength: 3 }),
  writes: fc.array(fc.record({ key, fields: fc.option(fields, { nil: undefined }) }), { maxLength: 3 }),
  fails: fc.boolean(),
});
const turns = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 6 });

test('any transactions leave SQLite with the same documents, answers and results as a map', async t => {
  const sqlite = (await stateFolder(t, SHAPES)).open();
  await fc.assert(
    fc.asyncProperty(turns, async schedule => {
      await clear(sqlite);
      const memory = createMemoryDocuments();
      for (const together of schedule) {
        const [real, model] = await Promise.all(
          [sqlite, memory].map(documents => Promise.all(together.map(one => perform(documents, one)))),
        );
        t.deepEqual(real, model);
      }
      for (const query of QUERIES) t.deepEqual(await sqlite.query(query), await memory.query(query));
    }),
    { numRuns: 150 },
  );
});

async function clear(documents: Documents): Promise<void> {
  const all = await documents.query({ collection, limit: 1_000 });
  const writes = all.map(({ key }) => ({ ref: { collection, key }, fields: undefined }));
  await documents.transact([], () => ({ result: undefined, writes }));
}

/** What the judge saw, or the word that it threw. */
function perform(documents: Documents, { reads, writes, fails }: Step): Promise<unknown> {
  const refs = reads.map((key): Ref => ({ collection, key }));
  return documents
    .transact(refs, found => {
      if (fails && found.some(fields => fields !== undefined)) throw new Error('refused');
      return { result: found, writes: writes.map(write => made(write, found.length)) };
    })
    .catch((error: Error) => error.message);
}

function made({ key, fields }: StepWrite, read: number): Write {
  return { ref: { collection, key }, fields: fields && { ...fields, read } };
}
