import test from 'ava';
import fc from 'fast-check';
import { readSpec } from '../../shared/runtime/configuration/read-spec.ts';

const STACK = `root: base-notebook

images:
  base-notebook:
    image_name: ghcr.io/acme/base-notebook
    build_args:
      PYTHON_VERSION: python-3.11.8
      SHORT: 3.11
      HUB: 4.0.2
    info_cmds: [PY_VER]

  r-notebook:
    image_name: ghcr.io/acme/r-notebook
    depend_on: base-notebook
    integration_tests: true
    info_cmds: [PY_VER, APT]
    prune: true

  ml-notebook:
    image_name: ghcr.io/acme/ml-notebook
    depend_on: base-notebook
    integration_tests: false
    build_args: # none yet
    prune: false # the last one
    prepull: false

tag:
  prefix: "2026.3"

all_info_cmds:
  PY_VER:
    description: Python Version
    command: python --version
  APT:
    description: System Packages
    command: bash -c 'apt list --installed | grep "lib\\|dev"'
`;

test('DH-1: a stack is read as it is, with what stands on what', t => {
  const reading = readSpec(STACK, { path: 'images/spec.yml' });
  if ('mistakes' in reading) throw new Error(JSON.stringify(reading.mistakes));
  t.like(reading, { roots: ['base-notebook'], prefix: '2026.3' });
  t.deepEqual(
    reading.images.map(({ folder, repository, parents }) => [folder, repository, ...parents]),
    [
      ['images/base-notebook', 'ghcr.io/acme/base-notebook'],
      ['images/r-notebook', 'ghcr.io/acme/r-notebook', 'base-notebook'],
      ['images/ml-notebook', 'ghcr.io/acme/ml-notebook', 'base-notebook'],
    ],
  );
  t.like(reading.images[0], {
    dockerfile: 'images/base-notebook/Dockerfile',
    parentArg: 'BASE_TAG',
    args: { PYTHON_VERSION: 'python-3.11.8', SHORT: '3.11', HUB: '4.0.2' },
  });
  t.true(reading.spec.images['r-notebook']?.integration_tests);
});

test('a stack can have several roots, several levels, and nothing but names', t => {
  const reading = readSpec('root: [a, b]\nimages:\n  c: {depend_on: d}\n  a:\n  d: {depend_on: b}\n  b:\n', {
    path: 'spec.yml',
  });
  t.deepEqual('images' in reading && reading.images.map(({ folder }) => folder), ['a', 'b', 'd', 'c']);
});

const mistakes = test.macro({
  exec(t, text: string, ...expected: readonly string[]) {
    const reading = readSpec(text, { path: 'spec.yml' });
    const found = 'mistakes' in reading ? reading.mistakes : [];
    t.deepEqual(
      found.map(({ line, column, message }) => `${line}:${column} ${message}`),
      expected,
    );
  },
  title: (name = '') => `readSpec() tells the line of ${name}`,
});

const images = (...lines: readonly string[]) => ['images:', ...lines].join('\n');
const PREFIX =
  'expected letters, digits, dots and underscores in quotes, such as "2026.3": without quotes YAML takes 2026.10 for the number 2026.1';

test(
  'a cycle',
  mistakes,
  images('  a: {depend_on: b}', '  b: {depend_on: c}', '  c: {depend_on: a}'),
  '2:18 expected no cycle, found a -> b -> c -> a',
);
test(
  'an image that stands on itself',
  mistakes,
  images('  a:', '    depend_on: a'),
  '3:16 expected no cycle, found a -> a',
);
test(
  'an unknown parent',
  mistakes,
  images('  base:', '  app:', '    depend_on: bsae'),
  '4:16 expected the name of an image, found "bsae"; did you mean "base"?',
);
test(
  'a name that is there twice',
  mistakes,
  images('  a:', '  b:', '  a:'),
  '4:3 expected this key only once; it is already further up in the same mapping',
);
test(
  'a repository that two images have',
  mistakes,
  images('  a: {image_name: acme/x}', '  b: {image_name: docker.io/acme/x}'),
  '3:19 expected a repository of its own; image "a" has this one',
);
test(
  'a repository with a tag',
  mistakes,
  images('  a: {image_name: "acme/x:1"}'),
  '2:19 expected an image repository without tag or digest, such as ghcr.io/acme/a, found "acme/x:1"',
);
test(
  'a prefix that YAML reads as a number',
  mistakes,
  `${images('  a:')}\ntag:\n  prefix: 2026.10`,
  `4:11 ${PREFIX}, found 2026.1 (a number)`,
);
test(
  'a prefix that is no part of a tag',
  mistakes,
  `${images('  a:')}\ntag: {prefix: "2026/3"}`,
  `3:15 ${PREFIX}, found "2026/3"`,
);
test(
  'a prefix in which releases would end',
  mistakes,
  `${images('  a:')}\ntag: {prefix: "2026-3"}`,
  `3:15 ${PREFIX}, found "2026-3"`,
);
test(
  'a misspelt key',
  mistakes,
  images('  a:', '    depends_on: b'),
  '3:5 unknown key "depends_on"; did you mean "depend_on"?',
);
test(
  'a command that is not defined',
  mistakes,
  images('  a: {info_cmds: [PIP]}'),
  '2:19 expected a key of all_info_cmds, found "PIP"',
);
test(
  'a root that is no image, and of one that is no root',
  mistakes,
  `root: [z, b]\n${images('  a:', '  b: {depend_on: a}')}`,
  '1:8 expected the name of an image, found "z"',
  '1:11 expected an image that stands on none; "b" has depend_on: a',
);
test(
  'what has no images',
  mistakes,
  'root: a',
  '1:1 expected at least one image',
  '1:7 expected the name of an image, found "a"',
);
test(
  'what is not YAML',
  mistakes,
  'images: [',
  '1:10 expected other indentation, or the end of what an opening { or [ began',
);

test('readSpec() gives images or mistakes inside the text, whatever it is', t => {
  const lines = fc.constantFrom(
    ...STACK.split('\n'),
    'images: 3',
    'root:',
    '  b: {depend_on: c}',
    ' - x',
    '\t',
    '"',
  );
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 30 }), all => {
      const reading = readSpec(all.join('\n'), { path: 'spec.yml' });
      if ('images' in reading) return reading.images.length > 0;
      const isInside = ({ line }: { readonly line: number }) => line >= 1 && line <= Math.max(1, all.length);
      return reading.mistakes.length > 0 && reading.mistakes.every(isInside);
    }),
    { numRuns: 60 },
  );
  t.pass();
});
