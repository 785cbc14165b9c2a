import test from 'ava';
import { parseChallenges } from '../../shared/adapters/registry/challenges.ts';

type Row = readonly [scheme: string, parameters?: Record<string, string>];

const parses = test.macro({
  exec(t, header: string, ...expected: readonly Row[]) {
    const found = parseChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]);
    t.deepEqual(
      found,
      expected.map(([scheme, parameters = {}]) => [scheme, parameters]),
    );
  },
  title: (name = '') => `parseChallenges() reads ${name}`,
});

test(
  "Docker Hub's challenge",
  parses,
  'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
  [
    'bearer',
    {
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'repository:a/b:pull,push',
    },
  ],
);
test('a Basic challenge', parses, 'Basic realm="headway"', ['basic', { realm: 'headway' }]);
test(
  'two challenges in one header',
  parses,
  'Basic realm="a, b", Bearer realm="c",service=d',
  ['basic', { realm: 'a, b' }],
  ['bearer', { realm: 'c', service: 'd' }],
);
test('spaces around commas and equal signs', parses, ' bearer  realm = "x" , , service="y"', [
  'bearer',
  { realm: 'x', service: 'y' },
]);
test('escaped quotes', parses, 'Basic realm="a \\"b\\" \\\\c"', ['basic', { realm: 'a "b" \\c' }]);
test('a scheme alone', parses, 'Negotiate, Basic realm="x"', ['negotiate'], ['basic', { realm: 'x' }]);
test(
  'a scheme with a token',
  parses,
  'Negotiate YWJj==, Basic realm="x"',
  ['negotiate'],
  ['basic', { realm: 'x' }],
);
test('nothing in nothing', parses, '');
test('names in any case', parses, 'BEARER Realm="x"', ['bearer', { realm: 'x' }]);
test(
  'up to the first malformed part',
  parses,
  'Basic realm="x", Bearer realm="unclosed',
  ['basic', { realm: 'x' }],
  ['bearer'],
);
test('parameters named like those of objects', parses, 'Basic __proto__="x"', [
  'basic',
  JSON.parse('{"__proto__":"x"}'),
]);
