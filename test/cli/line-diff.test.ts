import test from 'ava';
import fc from 'fast-check';
import { diffSummary, diffText } from '../../infra/cli/text/diff-text.ts';
import { lineDiff } from '../../infra/cli/text/line-diff.ts';

const plain = (_: unknown, text: string) => text;
const textOf = (lines: readonly string[]) => lines.map(line => `${line}\n`).join('');
const Lines = fc.array(fc.constantFrom('a', 'b', 'c', '', ' a'), { maxLength: 12 });

test('lineDiff() gives both texts back, whatever they are', t => {
  fc.assert(
    fc.property(Lines, Lines, (before, after) => {
      const lines = lineDiff(textOf(before), textOf(after));
      const without = (kind: string) => lines.filter(line => line.kind !== kind).map(({ text }) => text);
      t.deepEqual(without('added'), before);
      t.deepEqual(without('removed'), after);
    }),
  );
});

test('lineDiff() keeps as many lines as can be kept', t => {
  fc.assert(
    fc.property(Lines, Lines, (before, after) => {
      const kept = lineDiff(textOf(before), textOf(after)).filter(({ kind }) => kind === 'same').length;
      t.is(kept, longestCommon(before, after));
    }),
  );
});

test('lineDiff() of two long texts that have nothing in common ends soon', t => {
  const many = (word: string) => textOf(Array.from({ length: 20_000 }, (_, i) => `${word} ${i}`));
  t.is(lineDiff(many('old'), many('new')).length, 40_000);
});

test('diffText() shows what changed with three lines around it', t => {
  const before = Array.from({ length: 12 }, (_, i) => `line ${i}`);
  const lines = lineDiff(textOf(before), textOf(before.with(6, 'another')));
  t.deepEqual(diffText(lines, plain).split('\n'), [
    '…',
    ' line 3',
    ' line 4',
    ' line 5',
    '-line 6',
    '+another',
    ' line 7',
    ' line 8',
    ' line 9',
    '…',
  ]);
  t.is(diffSummary(lines), '1 added, 1 removed');
});

test('diffText() writes out what a terminal would act on', t => {
  t.is(diffText(lineDiff('', '# \u001b[2Jgone\u202e\n'), plain), '+# \\u{1b}[2Jgone\\u{202e}');
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const [first, ...rest] = a;
  if (first === undefined || b.length === 0) return 0;
  const at = b.indexOf(first);
  const without = longestCommon(rest, b);
  return at < 0 ? without : Math.max(without, 1 + longestCommon(rest, b.slice(at + 1)));
}
