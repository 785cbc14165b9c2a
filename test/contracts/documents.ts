import type { ExecutionContext, TestFn } from 'ava';
import { formatKey } from '../../shared/domain/names/document-key.ts';
import type { Documents, Fields, QueryShape, Ref } from '../../shared/ports/documents.ts';
import { queryContract } from './documents-queries.ts';
import { transactionContract } from './documents-transactions.ts';
import { watchContract } from './documents-watch.ts';

/** What a case gets: fresh documents of its own. What was opened is closed by `t.teardown`. */
export type DocumentsUnderTest = {
  readonly documents: Documents;
  /** Another client of the same documents, such as another process has. */
  readonly another?: () => Promise<Documents>;
  /** Ends the client, as the end of its process would, and opens what is stored again. */
  readonly reopen?: () => Promise<Documents>;
};
export type OpenDocuments = (
  t: ExecutionContext,
  queries: readonly QueryShape[],
) => Promise<DocumentsUnderTest>;

const NASTY_PARTS: readonly string[] = [
  '',
  '.',
  '..',
  '__x__',
  '/',
  'a/b',
  '!',
  '~',
  '%',
  'ü',
  '🚀',
  ' ',
  '\n',
  '*',
];

const FAITHFUL: Readonly<Record<string, Fields>> = {
  'no fields': {},
  'empty text': { text: '' },
  'text of every kind': { text: 'ß 漢字 🚀 \u0000 \u2028 \\ " \' \n \t' },
  'numbers of every kind': {
    zero: 0,
    negative: -1,
    fraction: 0.1,
    largest: Number.MAX_SAFE_INTEGER,
    tiny: 5e-324,
  },
  'true, false and null': { yes: true, no: false, nothing: null },
  'empty lists and objects': { list: [], object: {} },
  'lists in lists': { list: [[], [[1, 'two'], [null]], { three: [3] }] },
  'ten levels': { level: deep(10) },
  'names of every kind': { 'a.b': 1, 'c d': 2, $e: 3, é: 4, "f'g": 5, '`h`': 6 },
  '200 KB': { text: 'headway '.repeat(25_600) },
};

/** The promises of the port {@link Documents}; every engine passes the same cases. */
export function documentsContract(test: TestFn, name: string, open: OpenDocuments): void {
  const opened = (t: ExecutionContext) => open(t, []);

  test(`${name}: a document that nobody stored is not there`, async t => {
    const { documents } = await opened(t);
    t.is(await documents.get({ collection: 'things', key: 'none' }), undefined);
  });

  test(`${name}: a document is replaced whole`, async t => {
    const { documents } = await opened(t);
    const ref = { collection: 'things', key: 'a' };
    await store(documents, ref, { one: 1, two: 2 });
    await store(documents, ref, { two: 3 });
    t.deepEqual(await documents.get(ref), { two: 3 });
  });

  test(`${name}: a deleted document is not there, and can be stored again`, async t => {
    const { documents } = await opened(t);
    const ref = { collection: 'things', key: 'a' };
    await store(documents, ref, { one: 1 });
    await store(documents, ref, undefined);
    t.is(await documents.get(ref), undefined);
    t.deepEqual(await documents.query({ collection: 'things', limit: 10 }), []);
    await store(documents, ref, { two: 2 });
    t.deepEqual(await documents.get(ref), { two: 2 });
  });

  test(`${name}: deleting what is not there is harmless`, async t => {
    const { documents } = await opened(t);
    await t.notThrowsAsync(store(documents, { collection: 'things', key: 'none' }, undefined));
  });

  test(`${name}: collections are apart`, async t => {
    const { documents } = await opened(t);
    await store(documents, { collection: 'things', key: 'a' }, { of: 'things' });
    await store(documents, { collection: 'others', key: 'a' }, { of: 'others' });
    t.deepEqual(await documents.get({ collection: 'things', key: 'a' }), { of: 'things' });
    t.is((await documents.query({ collection: 'others', limit: 10 })).length, 1);
  });

  test(`${name}: fields come back as they were stored`, async t => {
    const { documents } = await opened(t);
    for (const [title, fields] of Object.entries(FAITHFUL)) {
      const ref = { collection: 'things', key: formatKey(title) };
      await store(documents, ref, fields);
      t.deepEqual(await documents.get(ref), fields, title);
    }
  });

  test(`${name}: a field that is undefined is absent`, async t => {
    const { documents } = await opened(t);
    const ref = { collection: 'things', key: 'a' };
    await store(documents, ref, { gone: undefined, in: { gone: undefined, here: 1 } });
    t.deepEqual(await documents.get(ref), { in: { here: 1 } });
  });

  test(`${name}: changing what was stored or read changes no document`, async t => {
    const { documents } = await opened(t);
    const ref = { collection: 'things', key: 'a' };
    const list = ['first'];
    await store(documents, ref, { list });
    list.push('second');
    t.deepEqual(await documents.get(ref), { list: ['first'] });
  });

  test(`${name}: keys of nasty parts are all different`, async t => {
    const { documents } = await opened(t);
    const keys = NASTY_PARTS.flatMap(part => [formatKey(part), formatKey(part, part), formatKey('a', part)]);
    for (const key of keys) await store(documents, { collection: 'things', key }, { key });
    for (const key of keys) t.deepEqual(await documents.get({ collection: 'things', key }), { key });
    const found = await documents.query({ collection: 'things', limit: 1_000 });
    t.deepEqual(found.map(({ key }) => key).sort(), [...keys].sort());
  });

  test(`${name}: what was stored is there after opening again`, async t => {
    const { documents, reopen } = await opened(t);
    if (reopen === undefined) {
      t.pass('lives in memory only');
      return;
    }
    const refs = Array.from({ length: 50 }, (_, i) => ({ collection: 'things', key: `k${i}` }));
    await Promise.all(refs.map((ref, i) => store(documents, ref, { i })));
    await store(documents, { collection: 'things', key: 'k0' }, undefined);
    const again = await reopen();
    t.deepEqual(
      await Promise.all(refs.map(ref => again.get(ref))),
      refs.map((_, i) => (i === 0 ? undefined : { i })),
    );
  });

  queryContract(test, name, open);
  transactionContract(test, name, open);
  watchContract(test, name, open);
}

/** Stores one document, whatever is there; without fields it is deleted. */
export function store(documents: Documents, ref: Ref, fields: Fields | undefined): Promise<void> {
  return documents.transact([], () => ({ result: undefined, writes: [{ ref, fields }] }));
}

function deep(levels: number): Fields {
  return levels === 0 ? { bottom: true } : { level: deep(levels - 1) };
}
