import test from 'ava';
import fc from 'fast-check';
import { formatKey, parseKey } from '../../shared/domain/names/document-key.ts';

/** Any text, and many made of what the key itself is made of. */
const part = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('!', '~', '%', '.', '_', '/', '2', '1', 'a', '\0', 'é') }),
);
const parts = fc.array(part, { minLength: 1, maxLength: 5 });

test('parseKey() gives back what formatKey() was given', t => {
  fc.assert(fc.property(parts, given => t.deepEqual(parseKey(formatKey(...given)), given)));
  t.pass();
});

test('formatKey() gives different keys for different parts', t => {
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      t.is(formatKey(...a) === formatKey(...b), JSON.stringify(a) === JSON.stringify(b));
    }),
  );
  t.pass();
});

test('formatKey() makes ids that Firestore takes, of printable ASCII', t => {
  fc.assert(
    fc.property(parts, given => {
      const key = formatKey(...given);
      t.regex(key, /^[!-~]+$/);
      t.notRegex(key, /\/|^\.\.?$|^__.*__$/);
    }),
  );
  t.pass();
});

const formats = test.macro({
  exec(t, given: readonly string[], key: string) {
    t.is(formatKey(...given), key);
    t.deepEqual(parseKey(key), given);
  },
  title: (name = '') => `formatKey() ${name}`,
});

test('joins parts with exclamation marks', formats, ['web', 'prod'], 'web!prod');
test('escapes slashes', formats, ['library/web'], 'library%2Fweb');
test('escapes exclamation marks', formats, ['a!b', 'c'], 'a%21b!c');
test('writes an empty part as a tilde', formats, ['', 'a'], '~!a');
test('escapes a part that is a tilde', formats, ['~'], '%7E');
test('escapes one dot', formats, ['.'], '%2E');
test('escapes two dots', formats, ['..'], '%2E%2E');
test('escapes a leading underscore', formats, ['__x__'], '%5F_x__');

test('formatKey() replaces a half of a surrogate pair, which has no encoding', t => {
  t.deepEqual(parseKey(formatKey('a\ud83d')), ['a\ufffd']);
});

test('parseKey() throws a URIError for what formatKey() never makes', t => {
  t.throws(() => parseKey('100%'), { instanceOf: URIError });
});
