// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are what a Dockerfile says
import test from 'ava';
import { readDockerfile } from '../../shared/adapters/builders/layers/dockerfile.ts';
import { expand } from '../../shared/adapters/builders/layers/expansion.ts';
import { goDuration } from '../../shared/adapters/builders/layers/go-duration.ts';
import { exposedPorts } from '../../shared/adapters/builders/layers/ports.ts';
import { StepRefused } from '../../shared/adapters/builders/layers/refusals.ts';
import { wildcardExpression } from '../../shared/adapters/builders/layers/wildcards.ts';
import { jsonWords, namedValues, quotedWords } from '../../shared/adapters/builders/layers/words.ts';

const VARIABLES: Readonly<Record<string, string>> = { A: 'a', EMPTY: '', SPACED: 'x y', _1: 'one' };

const expands = test.macro({
  exec(t, word: string, expected: string, escapeMark?: string) {
    t.is(
      expand(word, name => VARIABLES[name], escapeMark),
      expected,
    );
  },
  title: (name = '', word: string) => `expand() ${name}: ${word}`,
});

test('replaces a name', expands, '$A/$A.b', 'a/a.b');
test('replaces a name in braces', expands, '${A}b${_1}', 'abone');
test('takes an unknown variable for empty', expands, '[$NOPE]', '[]');
test('keeps a lone dollar', expands, '$ $/ a$', '$ $/ a$');
test('takes a default for an unset one', expands, '${NOPE:-d}${NOPE-d}', 'dd');
test('takes a default for an empty one only with the colon', expands, '[${EMPTY:-d}${EMPTY-e}]', '[d]');
test('keeps what is set', expands, '${A:-d}', 'a');
test(
  'takes an alternative only for what is set',
  expands,
  '[${A:+x}${NOPE:+y}${EMPTY:+z}${EMPTY+w}]',
  '[xw]',
);
test('replaces inside a default', expands, '${NOPE:-<${A}>}', '<a>');
test('takes quotes inside a default', expands, '${NOPE:-"a}b"}', 'a}b');
test('replaces between double quotes', expands, '"$A b"', 'a b');
test('replaces nothing between single quotes', expands, "'$A b'", '$A b');
test('keeps what is escaped', expands, '\\$A \\\\ \\"', '$A \\ "');
test('keeps an escape between double quotes that escapes nothing', expands, '"\\n \\$A \\""', '\\n $A "');
test('escapes as the directive says', expands, '`$A \\$A', '$A \\a', '`');
test('replaces no value twice', expands, '$SPACED', 'x y');

const refusesWord = test.macro({
  exec(t, word: string, message: RegExp) {
    t.throws(() => expand(word, name => VARIABLES[name]), { instanceOf: StepRefused, message });
  },
  title: (name = '', word: string) => `expand() refuses ${name}: ${word}`,
});

test('a brace that is not closed', refusesWord, '${A', /\$\{NAME\}/);
test('a default that is not closed', refusesWord, '${A:-b', /not closed/);
test('a quote that is not closed', refusesWord, "it's", /' is not closed/);
test('a double quote that is not closed', refusesWord, '"a', /" is not closed/);
test('a pattern', refusesWord, '${A#a}', /expected/);
test('what must be set', refusesWord, '${NOPE:?give it}', /^NOPE: give it$/);

test('quotedWords() keeps blanks in quotes and behind the escape character', t => {
  t.deepEqual(quotedWords('a="b c" \'d e\'f g\\ h  i', '\\'), ['a="b c"', "'d e'f", 'g\\ h', 'i']);
  t.deepEqual(quotedWords('a` b \\ c', '`'), ['a` b', '\\', 'c']);
  t.deepEqual(quotedWords('open "quote', '\\'), ['open', '"quote']);
});

test('namedValues() reads both forms', t => {
  t.deepEqual(namedValues('A=1 B="2 3" C=', '\\'), [
    { name: 'A', value: '1' },
    { name: 'B', value: '"2 3"' },
    { name: 'C', value: '' },
  ]);
  t.deepEqual(namedValues('A  1 and  the = rest', '\\'), [{ name: 'A', value: '1 and  the = rest' }]);
  for (const bad of ['A', 'A=1 B', '=1']) t.throws(() => namedValues(bad, '\\'), { instanceOf: StepRefused });
});

test('jsonWords() reads strings only', t => {
  t.deepEqual(jsonWords('["a", "b c"]'), ['a', 'b c']);
  for (const other of ['[a]', '["a", 1]', '"a"', "['a']", 'a']) t.is(jsonWords(other), undefined);
});

const matches = test.macro({
  exec(t, pattern: string, yes: string[], no: string[]) {
    const expression = wildcardExpression(pattern);
    for (const path of yes) t.true(expression.test(path), path);
    for (const path of no) t.false(expression.test(path), path);
  },
  title: (_, pattern: string) => `wildcardExpression() matches ${pattern} as Go does`,
});

test(matches, '*.txt', ['a.txt', '.txt', 'a.b.txt'], ['a/b.txt', 'a.txtx', 'atxt']);
test(matches, 'a/*/c', ['a/b/c'], ['a/c', 'a/b/b/c']);
test(matches, '?', ['a', 'ü', '\n'], ['', 'ab', '/']);
test(matches, '[a-c]x[^0-9]', ['bxx'], ['dxx', 'bx1', 'bx/']);
test(matches, 'a\\*[\\]]', ['a*]'], ['ab]']);
test(matches, 'go.{mod,sum}(+)$^|', ['go.{mod,sum}(+)$^|'], ['go.mod']);

test('wildcardExpression() refuses a pattern that is not well formed', t => {
  for (const bad of ['[', 'a[]', '[z-a]', 'a\\']) {
    t.throws(() => wildcardExpression(bad), { instanceOf: StepRefused }, bad);
  }
});

test('readDockerfile() joins lines, leaves out comments and keeps the number of the first line', t => {
  const { instructions } = readDockerfile(
    '\uFEFF# syntax=x\r\n\r\nfrom scratch\r\nENV A=1 \\\r\n# not this\r\n\r\n  B=2 # this\r\ncopy --from=x --link a b\n',
  );
  t.deepEqual(
    instructions.map(({ keyword, text, line }) => [line, keyword, text]),
    [
      [3, 'FROM', 'scratch'],
      [4, 'ENV', 'A=1   B=2 # this'],
      [8, 'COPY', 'a b'],
    ],
  );
  t.deepEqual(instructions[2]?.flags, [
    { name: 'from', value: 'x' },
    { name: 'link', value: undefined },
  ]);
});

test('readDockerfile() takes the escape character from its directive', t => {
  const { instructions, escapeMark } = readDockerfile('# escape=`\nFROM a `\n  AS b\n');
  t.is(escapeMark, '`');
  t.is(instructions[0]?.text, 'a   AS b');
});

test('goDuration() and exposedPorts() read what Docker reads', t => {
  t.is(goDuration('1h2m3.5s'), 3_723_500_000_000);
  t.is(goDuration('0'), 0);
  t.deepEqual(exposedPorts('8000-8002/UDP'), ['8000/udp', '8001/udp', '8002/udp']);
  for (const bad of ['', 's', '1', '1 s', '-1s'])
    t.throws(() => goDuration(bad), { instanceOf: StepRefused });
  for (const bad of ['0', '70000', '9-8', 'a'])
    t.throws(() => exposedPorts(bad), { instanceOf: StepRefused });
});
