import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { imageTests } from '../../shared/domain/configuration/test-contradictions.ts';
import { unknownNames } from '../../shared/domain/configuration/unknown-names.ts';

const docker = { kind: 'docker' };
const container = { kind: 'container', image: 'builder', command: ['make'] };
const command = { kind: 'command', command: ['make'] };
const cloud = { kind: 'cloud-build', project: 'acme', bucket: 'sources' };
const cluster = { kind: 'kubernetes', image: 'headway' };
const pool = (...of: string[]) => ({ kind: 'pool', of });
const plain = { basic: [{ command: ['true'] }] };
const foldered = { integration: [{ command: ['pytest'], folders: ['test'] }] };

const mistakes = test.macro({
  exec(t, builders: object, [builder, tests]: readonly [string, object], expected: readonly string[]) {
    const web = { repository: 'ghcr.io/acme/web', repo: 'shop', builder, tests };
    const found = imageTests(ConfigurationShape.parse({ builders, images: { web } }));
    t.deepEqual(
      found.map(({ path, message }) => `${path.join('.')}: ${message}`),
      [...expected],
    );
  },
  title: (name = '') => `imageTests() ${name}`,
});

for (const word of ['auto', 'docker', 'layers']) {
  test(
    `takes tests of what ${word} builds, which the engine of this machine runs`,
    mistakes,
    {},
    [word, foldered],
    [],
  );
}
for (const builder of [
  docker,
  container,
  command,
  { ...cloud, tests: 'docker' },
  { ...cluster, tests: 'docker' },
]) {
  const title = `takes tests with folders of ${JSON.stringify(builder)}`;
  test(title, mistakes, { a: builder }, ['a', foldered], []);
}
test(
  'lets another builder run them',
  mistakes,
  { a: { ...cloud, tests: 'b' }, b: docker },
  ['a', foldered],
  [],
);
test(
  'lets a cluster run those without folders',
  mistakes,
  { a: { ...cloud, tests: 'b' }, b: cluster },
  ['a', plain],
  [],
);
test('takes an image without tests', mistakes, { a: cloud }, ['a', {}], []);

const noFolders = (name: string) =>
  `images.web.tests: expected no folders, which cannot be put into the jobs that run the tests of builder "${name}"; let builders.${name}.tests name who runs them, such as docker (the engine of this machine)`;
const none =
  'images.web.tests: expected none, since builder "a" (cloud-build) has nothing to run them with; let builders.a.tests name who runs them, such as docker (the engine of this machine)';
test('refuses tests that Cloud Build would have to run', mistakes, { a: cloud }, ['a', plain], [none]);
test('looks into pools', mistakes, { all: pool('b', 'a'), a: cloud, b: docker }, ['all', plain], [none]);
test('refuses folders in a cluster', mistakes, { a: cluster }, ['a', foldered], [noFolders('a')]);
test(
  'refuses folders in the cluster that runs them for others',
  mistakes,
  { a: { ...command, tests: 'b' }, b: cluster },
  ['a', foldered],
  [noFolders('a')],
);

for (const [other, why] of [
  [command, 'runs nothing'],
  [pool('c'), 'is many'],
  [{ ...cluster, tests: 'docker' }, 'has others run them'],
] as const) {
  const expected = [
    'builders.a.tests: expected docker, or a builder of the kind docker, container or kubernetes that tests by itself; "b" cannot run what others built',
  ];
  const builders = { a: { ...cloud, tests: 'b' }, b: other, c: docker };
  test(`refuses a builder for the tests of another that ${why}`, mistakes, builders, ['c', plain], expected);
}

test('unknownNames() finds who runs tests and is nobody', t => {
  const builders = { a: { ...cloud, tests: 'docker' }, b: { ...cloud, tests: 'kitchn' }, kitchen: docker };
  t.deepEqual(
    unknownNames({ builders }).map(({ path }) => path.join('.')),
    ['builders.b.tests'],
  );
});
