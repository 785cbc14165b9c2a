import type { TestFn } from 'ava';
import type { Documents, Fields, Ref } from '../../shared/ports/documents.ts';
import { type OpenDocuments, store } from './documents.ts';

const a: Ref = { collection: 'things', key: 'a' };
const b: Ref = { collection: 'things', key: 'b' };

/** What {@link Documents.transact} promises. */
export function transactionContract(test: TestFn, name: string, open: OpenDocuments): void {
  test(`${name}: a judge sees the documents in the order of the refs, and its result is returned`, async t => {
    const { documents } = await open(t, []);
    await store(documents, a, { of: 'a' });
    const seen = await documents.transact([b, a, a], found => ({ result: found, writes: [] }));
    t.deepEqual([...seen], [undefined, { of: 'a' }, { of: 'a' }]);
  });

  test(`${name}: a transaction stores all of its writes, also to documents that it did not read`, async t => {
    const { documents } = await open(t, []);
    await store(documents, b, { old: true });
    await documents.transact([a], () => ({
      result: undefined,
      writes: [
        { ref: a, fields: { of: 'a' } },
        { ref: b, fields: undefined },
        { ref: { collection: 'others', key: 'c' }, fields: { of: 'c' } },
      ],
    }));
    t.deepEqual(await documents.get(a), { of: 'a' });
    t.is(await documents.get(b), undefined);
    t.deepEqual(await documents.get({ collection: 'others', key: 'c' }), { of: 'c' });
  });

  test(`${name}: when the judge throws nothing is written, its error is thrown on, and others go through`, async t => {
    const { documents } = await open(t, []);
    const error = new Error('the judge said no');
    const failing = documents.transact([a], () => {
      throw error;
    });
    const others = Array.from({ length: 5 }, (_, i) => store(documents, { ...b, key: `k${i}` }, { i }));
    t.is(await t.throwsAsync(failing), error);
    await Promise.all(others);
    t.is(await documents.get(a), undefined);
    t.is((await documents.query({ collection: 'things', limit: 10 })).length, 5);
  });

  test(`${name}: when one write cannot be stored none is`, async t => {
    const { documents } = await open(t, []);
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const writes = [
      { ref: a, fields: { of: 'a' } },
      { ref: b, fields: circular as Fields },
    ];
    const others = [store(documents, { ...a, key: 'c' }, {}), store(documents, { ...a, key: 'd' }, {})];
    await t.throwsAsync(
      documents.transact([], () => ({ result: undefined, writes })),
      { any: true },
    );
    await Promise.all(others);
    t.deepEqual(
      (await documents.query({ collection: 'things', limit: 10 })).map(({ key }) => key),
      ['c', 'd'],
    );
  });

  test(`${name}: 20 concurrent increments are all counted`, async t => {
    const { documents } = await open(t, []);
    const results = await Promise.all(Array.from({ length: 20 }, () => increment(documents, a)));
    t.deepEqual(await documents.get(a), { count: 20 });
    t.deepEqual(
      results.toSorted((x, y) => x - y),
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  test(`${name}: increments of two clients are all counted`, async t => {
    const { documents, another } = await open(t, []);
    const second = await another?.();
    if (second === undefined) {
      t.pass('has one client only');
      return;
    }
    await Promise.all(Array.from({ length: 20 }, (_, i) => increment(i % 2 === 0 ? documents : second, a)));
    t.deepEqual(await documents.get(a), { count: 20 });
    t.deepEqual(await second.get(a), { count: 20 });
  });

  test(`${name}: of two transactions that read each other's document one sees what the other wrote`, async t => {
    const { documents, another } = await open(t, []);
    const second = (await another?.()) ?? documents;
    const take = (client: Documents, mine: Ref) =>
      client.transact([a, b], found => {
        const free = found.every(fields => fields === undefined);
        return { result: free, writes: free ? [{ ref: mine, fields: { taken: true } }] : [] };
      });
    const taken = await Promise.all([take(documents, a), take(second, b)]);
    t.deepEqual(taken.toSorted(), [false, true]);
  });

  test(`${name}: of many that create the same document exactly one wins`, async t => {
    const { documents } = await open(t, []);
    const create = (by: number) =>
      documents.transact([a], ([old]) => ({
        result: old === undefined,
        writes: old === undefined ? [{ ref: a, fields: { by } }] : [],
      }));
    const won = await Promise.all(Array.from({ length: 20 }, (_, by) => create(by)));
    t.is(won.filter(Boolean).length, 1);
    t.deepEqual(await documents.get(a), { by: won.indexOf(true) });
  });

  test(`${name}: a get sees every transaction that ended before it began`, async t => {
    const { documents, another } = await open(t, []);
    const second = (await another?.()) ?? documents;
    for (let count = 1; count <= 20; count += 1) {
      await increment(documents, a);
      t.deepEqual(await second.get(a), { count });
    }
  });

  test(`${name}: a judge that runs again sees the documents as they are then`, async t => {
    const { documents } = await open(t, []);
    const seen: (readonly unknown[])[] = [];
    const contended = documents.transact([a], found => {
      seen.push(found);
      return { result: found[0], writes: [{ ref: a, fields: { count: countOf(found[0]) + 1 } }] };
    });
    const [last] = await Promise.all([contended, increment(documents, a)]);
    t.deepEqual(seen.at(-1), [last]);
    t.deepEqual(await documents.get(a), { count: 2 });
  });
}

/** Counts the document up by one and returns the new count. */
export function increment(documents: Documents, ref: Ref): Promise<number> {
  return documents.transact([ref], ([fields]) => {
    const count = countOf(fields) + 1;
    return { result: count, writes: [{ ref, fields: { count } }] };
  });
}

function countOf(fields: Fields | undefined): number {
  return Number(fields?.['count'] ?? 0);
}
