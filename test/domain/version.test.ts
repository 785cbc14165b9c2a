import test from 'ava';
import fc from 'fast-check';
import {
  compareVersions,
  isInRange,
  parseRange,
  parseVersion,
  type Version,
} from '../../shared/domain/names/version.ts';

const versionOf = (text: string): Version => {
  const version = parseVersion(text);
  if (version === undefined) throw new Error(`${text} is no version`);
  return version;
};

/** https://semver.org/spec/v2.0.0.html#spec-item-11, from the lowest to the highest. */
const ORDERED = [
  '0.0.1',
  '0.9.0',
  '0.10.0',
  '1.0.0-0.3.7',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '2.0.0',
  '2.1.0',
  '2.1.1',
  '2.1.99999999999999',
];

test('compareVersions() has the precedence of the specification, in both directions', t => {
  for (const [i, one] of ORDERED.entries()) {
    for (const [j, other] of ORDERED.entries()) {
      t.is(
        Math.sign(compareVersions(versionOf(one), versionOf(other))),
        Math.sign(i - j),
        `${one}, ${other}`,
      );
    }
  }
  t.is(compareVersions(versionOf('v1.2.3+a'), versionOf('1.2.3+b')), 0, 'what follows a + does not count');
});

const identifier = fc.oneof(
  fc.nat({ max: 20 }).map(String),
  fc.stringMatching(/^[0-9a-zA-Z-]{0,3}[a-zA-Z-][0-9a-zA-Z-]{0,3}$/),
);
const version = fc.record({
  major: fc.nat({ max: 3 }),
  minor: fc.nat({ max: 3 }),
  patch: fc.nat({ max: 3 }),
  pre: fc.array(identifier, { maxLength: 3 }),
});
const written = ({ major, minor, patch, pre }: Version) =>
  `${major}.${minor}.${patch}${pre.length === 0 ? '' : `-${pre.join('.')}`}`;

test('parseVersion() reads what is written, and compareVersions() is an order', t => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      t.deepEqual(parseVersion(written(a)), a);
      t.is(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0);
      t.is(compareVersions(a, b) === 0, written(a) === written(b));
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) t.true(compareVersions(a, c) <= 0);
    }),
    { numRuns: 500 },
  );
});

const isNone = test.macro({
  exec: (t, text: string) => t.is(parseVersion(text), undefined),
  title: (_, text) => `parseVersion() knows that "${text}" is no version`,
});
for (const text of [
  '1.2',
  '1.2.3.4',
  '01.2.3',
  '1.2.3-',
  '1.2.3-01',
  '1.2.3+',
  'release-1.2.3',
  'v',
  'V1.2.3',
  '',
]) {
  test(isNone, text);
}

const fits = test.macro({
  exec(t, range: string, fitting: readonly string[], others: readonly string[], preReleases?: boolean) {
    const wanted = parseRange(range);
    const isIn = (text: string) =>
      wanted !== undefined && isInRange(versionOf(text), wanted, preReleases === true);
    t.deepEqual([...fitting, ...others].filter(isIn), fitting);
  },
  title: (name, range) => `isInRange() ${range}${name ?? ''}`,
});
test(fits, 'v1', ['1.0.0', '1.9.9'], ['0.9.0', '2.0.0', '10.0.0', '1.1.0-rc.1']);
test(fits, '1.2', ['1.2.0', '1.2.10'], ['1.20.0', '1.3.0', '2.2.0']);
test(fits, '*', ['0.0.1', '7.0.0'], ['7.0.0-rc.1']);
test(' with pre-releases', fits, 'v1', ['1.1.0-rc.1', '1.1.0'], ['2.0.0-rc.1'], true);

test('parseRange() refuses what is no range', t => {
  for (const text of ['', 'latest', '1.x', '^1.2', '1.2.3.4', 'v']) t.is(parseRange(text), undefined);
});
