import test from 'ava';
import fc from 'fast-check';
import { formatMistakes } from '../../shared/runtime/configuration/format-mistakes.ts';
import { readConfiguration } from '../../shared/runtime/configuration/read-configuration.ts';
import { WHOLE } from '../helpers/broken-configuration.ts';

const TEXT = WHOLE.join('\n').replace('tag: prod,', 'tag: prod, environment: {KEY: env://KEY},');
const PIECES = [
  ...new Set(TEXT.split(/(?=[\s{}[\],:"])|(?<=[\s{}[\],:"])/)),
  '&a',
  '*a',
  '- ',
  '|',
  '\t',
  '#',
  '\r\n',
  '\ufeff',
];

/** A change to the text: some characters from a place on are replaced by a piece of text. */
const edit = fc.record({
  from: fc.nat(TEXT.length),
  remove: fc.nat(12),
  insert: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 4, unit: 'binary' })),
});

const edited = fc
  .array(edit, { minLength: 1, maxLength: 6 })
  .map(edits =>
    edits.reduce(
      (text, { from, remove, insert }) => text.slice(0, from) + insert + text.slice(from + remove),
      TEXT,
    ),
  );

test('readConfiguration() gives a configuration or mistakes inside the file, whatever the text', t => {
  fc.assert(
    fc.property(edited, text => {
      const reading = readConfiguration(text, { path: 'headway.yaml' });
      if ('configuration' in reading) return;
      const lines = text.split('\n');
      t.true(reading.mistakes.length > 0);
      for (const { line, column, message } of reading.mistakes) {
        const source = lines[line - 1];
        if (source === undefined || column < 1 || column > source.length + 1) {
          throw new Error(`${line}:${column} is outside of the file`);
        }
        if (!/^(?:expected|unknown key|".*" is missing: expected) /s.test(message)) throw new Error(message);
      }
      const positions = reading.mistakes.map(({ line, column }) => line * 1e6 + column);
      t.deepEqual(
        positions,
        positions.toSorted((a, b) => a - b),
      );
      if (formatMistakes(reading.mistakes, text).split('\n').length < reading.mistakes.length)
        throw new Error();
    }),
    { numRuns: 100 },
  );
});

test('readConfiguration() takes any text', t => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
      const reading = readConfiguration(text, { path: 'headway.yaml' });
      return 'configuration' in reading || reading.mistakes.length > 0;
    }),
    { numRuns: 100 },
  );
  t.pass();
});

/** What people write where a reference belongs. */
const SECRET = fc.stringMatching(/^[a-zA-Z0-9*&!@%"'{}[\]|>?#:,=~^-]{10,24}$/).map(text => `zq${text}9Zk`);
const KEY = '{kind: github, secret: ';
const SECRET_PLACES: readonly string[] = ['env://TOKEN', 'env://SECRET', 'env://KEY'];

test('formatMistakes() never shows what stands at the place of a secret, however it is written', t => {
  fc.assert(
    fc.property(
      SECRET,
      fc.constantFrom(...SECRET_PLACES),
      edit,
      (secret, place, { from, remove, insert }) => {
        const whole = TEXT.replace(place, secret);
        // An edit further up or down: one at the key would make it another place.
        const start = whole.indexOf(secret);
        fc.pre(from + remove < start - KEY.length || from >= start + secret.length);
        const text = whole.slice(0, from) + insert + whole.slice(from + remove);
        for (const broken of [whole, text]) {
          const reading = readConfiguration(broken, { path: 'headway.yaml' });
          if ('configuration' in reading) continue;
          const shown = formatMistakes(reading.mistakes, broken) + JSON.stringify(reading);
          for (const part of secret.match(/\w{6,}/g) ?? []) if (shown.includes(part)) throw new Error(shown);
        }
      },
    ),
    { numRuns: 50 },
  );
  t.pass();
});
