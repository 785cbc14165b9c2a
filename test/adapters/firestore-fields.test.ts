import test from 'ava';
import fc from 'fast-check';
import {
  columnNames,
  packFields,
  unpackFields,
} from '../../shared/adapters/documents/firestore/pack-fields.ts';
import type { Fields } from '../../shared/ports/documents.ts';

const packs = test.macro((t, fields: Fields, columns: readonly string[], rest: string | undefined) => {
  const packed = packFields(fields);
  t.deepEqual(Object.keys(packed.columns), columns);
  t.is(packed.rest, rest);
});

test(
  'short texts, numbers and booleans become columns',
  packs,
  { a: 'x', b: 1.5, c: false },
  ['a', 'b', 'c'],
  undefined,
);
test('null, lists and objects do not', packs, { a: null, b: [], c: {} }, [], '{"a":null,"b":[],"c":{}}');
test(
  'names that Firestore or we use do not',
  packs,
  { _json: 1, 'a.b': 2, __x__: 3, é: 4 },
  [],
  '{"_json":1,"a.b":2,"__x__":3,"é":4}',
);
test('a text of 1,500 bytes does', packs, { a: 'ä'.repeat(750) }, ['a'], undefined);
test(
  'a text of more bytes does not',
  packs,
  { a: 'ä'.repeat(750), b: `${'ä'.repeat(750)}a` },
  ['a'],
  `{"b":"${'ä'.repeat(750)}a"}`,
);
test('half a surrogate pair does not', packs, { a: '\ud83d' }, [], '{"a":"\\ud83d"}');
test('what is undefined is nowhere', packs, { a: undefined, b: { c: undefined } }, [], '{"b":{}}');
test(
  'what is no number is null, as in JSON',
  packs,
  { a: Number.NaN, b: Number.POSITIVE_INFINITY },
  [],
  '{"a":null,"b":null}',
);

test('whatever is stored comes back, and what else Firestore holds is left out', t => {
  const names = fc.oneof(fc.string(), fc.constantFrom('due', '_json', '__proto__', 'a.b', 'expireAt'));
  const values = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.double());
  fc.assert(
    fc.property(fc.dictionary(names, values), object => {
      const fields = JSON.parse(JSON.stringify(object)) as Fields;
      const { columns, rest } = packFields(fields);
      t.deepEqual(unpackFields({ ...columns, _json: rest, _changedAt: 0 }, rest), fields);
      t.deepEqual(columnNames({ ...columns, _json: rest }), Object.keys(columns));
    }),
    { numRuns: 1_000 },
  );
});
