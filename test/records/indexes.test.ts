import test from 'ava';
import type { QueryShape } from '../../shared/ports/documents.ts';
import { compositeIndexes } from '../../shared/records/indexes.ts';
import { queries } from '../../shared/records/queries.ts';

const newest = { field: 'at', direction: 'desc' } as const;
const oldest = { field: 'at', direction: 'asc' } as const;

const needs = test.macro({
  exec(t, shapes: readonly Omit<QueryShape, 'collection'>[], expected: readonly string[]) {
    t.deepEqual(textsOf(shapes.map(shape => ({ collection: 'things', ...shape }))), expected);
  },
  title: (claim = '') => `composite indexes: ${claim}`,
});

test('a query in the order of the keys needs none', needs, [{ where: [] }], []);
test('one field compared for equality needs none', needs, [{ where: ['color'] }], []);
test('fields compared for equality only need none', needs, [{ where: ['color', 'size'] }], []);
test('an order alone needs none', needs, [{ where: [], orderBy: newest }], []);
test('a range in its own order needs none', needs, [{ where: ['at'], orderBy: oldest }], []);
test(
  'equality before an order needs one',
  needs,
  [{ where: ['color'], orderBy: newest }],
  ['things: color ASCENDING, at DESCENDING'],
);
test(
  'equality before a range needs one',
  needs,
  [{ where: ['color', 'at'], orderBy: oldest }],
  ['things: color ASCENDING, at ASCENDING'],
);
test(
  'the fields compared for equality come first, by name',
  needs,
  [{ where: ['size', 'color'], orderBy: newest }],
  ['things: color ASCENDING, size ASCENDING, at DESCENDING'],
);
test(
  'each direction needs its own, and each is named once',
  needs,
  [
    { where: ['color'], orderBy: newest },
    { where: ['color', 'at'], orderBy: newest },
    { where: ['color'], orderBy: oldest },
  ],
  ['things: color ASCENDING, at DESCENDING', 'things: color ASCENDING, at ASCENDING'],
);

test('the queries of headway need composite indexes, each over two fields or three', t => {
  const indexes = compositeIndexes(queries);
  t.true(indexes.length > 0);
  for (const { fields } of indexes) t.true(fields.length === 2 || fields.length === 3);
});

function textsOf(shapes: readonly QueryShape[]): string[] {
  return compositeIndexes(shapes).map(
    ({ collection, fields }) =>
      `${collection}: ${fields.map(({ field, order }) => `${field} ${order}`).join(', ')}`,
  );
}
