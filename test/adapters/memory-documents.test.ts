import test from 'ava';
import { documentsContract, store } from '../contracts/documents.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';

documentsContract(test, 'documents in memory', async (_t, queries) => ({
  documents: createMemoryDocuments({ queries }),
}));

test('documents in memory go back to a snapshot, and snapshots compare by what is stored', async t => {
  const documents = createMemoryDocuments();
  const a = { collection: 'things', key: 'a' };
  const b = { collection: 'things', key: 'b' };
  await store(documents, a, { n: 1 });
  await store(documents, b, { n: 1 });
  const before = documents.snapshot();
  await store(documents, a, { n: 2 });
  await store(documents, b, undefined);
  t.notDeepEqual(documents.snapshot(), before);
  documents.restore(before);
  t.deepEqual(await documents.get(a), { n: 1 });
  const other = createMemoryDocuments();
  await store(other, b, { n: 1 });
  await store(other, a, { n: 1 });
  t.is(JSON.stringify(other.snapshot()), JSON.stringify(before));
});

test('documents in memory answer every query when no list is given', async t => {
  const documents = createMemoryDocuments();
  await store(documents, { collection: 'things', key: 'a' }, { n: 1 });
  const found = await documents.query({
    collection: 'things',
    where: [{ field: 'n', is: '>', value: 0 }],
    orderBy: { field: 'n', direction: 'asc' },
    limit: 1,
  });
  t.is(found.length, 1);
});
