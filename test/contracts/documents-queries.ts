import type { ExecutionContext, TestFn } from 'ava';
import type {
  Condition,
  Documents,
  Fields,
  Query,
  QueryShape,
  Stored,
} from '../../shared/ports/documents.ts';
import type { OpenDocuments } from './documents.ts';

const SHAPES: readonly QueryShape[] = [
  { collection: 'things', where: ['color'] },
  { collection: 'things', where: ['heavy'] },
  { collection: 'things', where: ['color', 'size'] },
  { collection: 'things', where: [], orderBy: { field: 'size', direction: 'desc' } },
  { collection: 'things', where: ['size'], orderBy: { field: 'size', direction: 'asc' } },
  { collection: 'things', where: ['color'], orderBy: { field: 'size', direction: 'asc' } },
  { collection: 'things', where: ['color'], orderBy: { field: 'size', direction: 'desc' } },
  { collection: 'things', where: ['due'], orderBy: { field: 'due', direction: 'asc' } },
  { collection: 'things', where: [], orderBy: { field: 'name', direction: 'asc' } },
];

const THINGS: Readonly<Record<string, Fields>> = {
  a: { color: 'red', size: 3, heavy: true },
  b: { color: 'blue', size: 1, heavy: 1 },
  c: { color: 'red', size: 2, heavy: false },
  d: { color: 'red', heavy: 'true' },
  e: { color: 'red', size: 2 },
  f: { color: '', size: 10, due: '2030-01-02T00:00:00.000Z' },
  g: { size: -5.5, due: '2030-01-01T00:00:00.000Z' },
};

const byColor = (value: string): Condition[] => [{ field: 'color', is: '==', value }];
const ascending = { field: 'size', direction: 'asc' } as const;
const descending = { field: 'size', direction: 'desc' } as const;

type Row = readonly [
  claim: string,
  query: Omit<Query, 'collection' | 'limit'> & { limit?: number },
  keys: string,
];

const ROWS: readonly Row[] = [
  ['without anything are in the order of the keys', {}, 'abcdefg'],
  ['are at most as many as the limit', { limit: 2 }, 'ab'],
  ['go on behind a key', { after: 'c' }, 'defg'],
  ['go on behind the last key with nothing', { after: 'g' }, ''],
  ['by an equal field are in the order of the keys', { where: byColor('red') }, 'acde'],
  ['by an equal field go on behind a key', { where: byColor('red'), after: 'c' }, 'de'],
  ['by the empty text are those that have it', { where: byColor('') }, 'f'],
  ['by a value that none has are none', { where: byColor("it's") }, ''],
  ['by true are neither 1 nor "true"', { where: [{ field: 'heavy', is: '==', value: true }] }, 'a'],
  ['by 1 are not true', { where: [{ field: 'heavy', is: '==', value: 1 }] }, 'b'],
  ['by false are those that say so', { where: [{ field: 'heavy', is: '==', value: false }] }, 'c'],
  [
    'by two equal fields have both',
    { where: [...byColor('red'), { field: 'size', is: '==', value: 2 }] },
    'ce',
  ],
  [
    'in descending order leave out what lacks the field, ties by key descending',
    { orderBy: descending },
    'faecbg',
  ],
  ['in descending order go on inside a tie', { orderBy: descending, after: 'e', limit: 2 }, 'cb'],
  ['in ascending order have ties by key ascending', { where: byColor('red'), orderBy: ascending }, 'cea'],
  ['in ascending order go on inside a tie', { where: byColor('red'), orderBy: ascending, after: 'c' }, 'ea'],
  ['by an equal field in descending order', { where: byColor('red'), orderBy: descending }, 'aec'],
  ['below or at a value', { where: [{ field: 'size', is: '<=', value: 2 }], orderBy: ascending }, 'gbce'],
  ['below a value', { where: [{ field: 'size', is: '<', value: 2 }], orderBy: ascending }, 'gb'],
  ['above or at a value', { where: [{ field: 'size', is: '>=', value: 2 }], orderBy: ascending }, 'ceaf'],
  ['above a value', { where: [{ field: 'size', is: '>', value: 2 }], orderBy: ascending }, 'af'],
  [
    'between two values',
    {
      where: [
        { field: 'size', is: '>', value: -5.5 },
        { field: 'size', is: '<', value: 3 },
      ],
      orderBy: ascending,
    },
    'bce',
  ],
  [
    'above a text are no numbers',
    { where: [{ field: 'size', is: '>=', value: '' }], orderBy: ascending },
    '',
  ],
  [
    'that are due are in the order of their time',
    {
      where: [{ field: 'due', is: '<=', value: '2030-01-02T00:00:00.000Z' }],
      orderBy: { field: 'due', direction: 'asc' },
    },
    'gf',
  ],
];

/** What {@link Documents.query} promises. */
export function queryContract(test: TestFn, name: string, open: OpenDocuments): void {
  for (const [claim, query, keys] of ROWS) {
    test(`${name}: the documents of a query ${claim}`, async t => {
      const documents = await filled(t, open, THINGS);
      const found = await documents.query({ collection: 'things', limit: 100, ...query });
      t.is(keysOf(found), keys);
      for (const { key, fields } of found) t.deepEqual(fields, THINGS[key]);
    });
  }

  test(`${name}: page after page gives every document once`, async t => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`k${i}`, { size: i % 4 }]));
    const documents = await filled(t, open, many);
    const query = { collection: 'things', orderBy: descending, limit: 3 };
    const found: Stored[] = [];
    for (let page = await documents.query(query); page.length > 0; ) {
      found.push(...page);
      page = await documents.query({ ...query, after: found.at(-1)?.key ?? '' });
    }
    t.deepEqual(found, await documents.query({ ...query, limit: 100 }));
    t.is(found.length, 25);
  });

  test(`${name}: texts are ordered by their code points`, async t => {
    const names = ['', ' ', 'A', 'B', 'a', 'aa', 'ß', '漢', '\uffee', '🚀'];
    const documents = await filled(
      t,
      open,
      Object.fromEntries(names.map((text, i) => [`k${9 - i}`, { name: text }])),
    );
    const found = await documents.query({
      collection: 'things',
      orderBy: { field: 'name', direction: 'asc' },
      limit: 100,
    });
    t.deepEqual(
      found.map(({ fields }) => fields['name']),
      names,
    );
  });

  test(`${name}: a query goes on behind a document that is gone with an error`, async t => {
    const documents = await filled(t, open, THINGS);
    const query = { collection: 'things', orderBy: descending, limit: 10 };
    await t.throwsAsync(documents.query({ ...query, after: 'gone' }), { message: /gone/ });
  });

  const refused: readonly (readonly [string, Partial<Query>])[] = [
    ['whose fields are not declared', { where: [{ field: 'weight', is: '==', value: 1 }] }],
    ['whose order is not declared', { where: byColor('red'), orderBy: { field: 'due', direction: 'asc' } }],
    ['whose direction is not declared', { orderBy: ascending }],
    [
      'that compares for a range and is not in that order',
      { where: [{ field: 'color', is: '>=', value: '' }] },
    ],
    ['of an undeclared collection', { collection: 'others', where: byColor('red') }],
    ['for no document', { limit: 0 }],
    ['for more than 1,000 documents', { limit: 1_001 }],
  ];
  for (const [claim, query] of refused) {
    test(`${name}: a query ${claim} is refused with a sentence`, async t => {
      const { documents } = await open(t, SHAPES);
      await t.throwsAsync(documents.query({ collection: 'things', limit: 10, ...query }), {
        name: 'PermanentError',
        message: /^Cannot query "(things|others)".*, /,
      });
    });
  }
}

async function filled(
  t: ExecutionContext,
  open: OpenDocuments,
  things: Readonly<Record<string, Fields>>,
): Promise<Documents> {
  const { documents } = await open(t, SHAPES);
  const writes = Object.entries(things).map(([key, fields]) => ({
    ref: { collection: 'things', key },
    fields,
  }));
  await documents.transact([], () => ({ result: undefined, writes: writes.toReversed() }));
  return documents;
}

function keysOf(found: readonly Stored[]): string {
  return found.map(({ key }) => key).join('');
}
