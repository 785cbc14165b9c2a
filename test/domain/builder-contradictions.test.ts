import test from 'ava';
import { builders } from '../../shared/domain/configuration/builder-contradictions.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { unknownNames } from '../../shared/domain/configuration/unknown-names.ts';

const docker = { kind: 'docker' };
const pool = (...of: string[]) => ({ kind: 'pool', of });
const image = (more: object = {}) => ({ repository: 'ghcr.io/acme/web', repo: 'shop', ...more });
const secrets = { TOKEN: 'env://TOKEN' };

const mistakes = test.macro({
  exec(t, configuration: object, expected: readonly string[]) {
    const found = builders(ConfigurationShape.parse(configuration));
    t.deepEqual(
      found.map(({ path, message }) => `${path.join('.')}: ${message}`),
      [...expected],
    );
  },
  title: (name = '') => `builders() ${name}`,
});

test(
  'builders() takes pools of pools',
  mistakes,
  {
    builders: { all: pool('a', 'more'), more: pool('a', 'b'), a: docker, b: { kind: 'layers' } },
    images: { web: image({ builder: 'all' }) },
  },
  [],
);
test(
  'builders() finds each pool that is among its own builders, and no other',
  mistakes,
  {
    builders: {
      all: pool('more'),
      more: pool('most', 'a'),
      most: pool('more'),
      self: pool('self'),
      a: docker,
    },
  },
  [
    'builders.more.of: expected no cycle: "more" is among its own builders',
    'builders.most.of: expected no cycle: "most" is among its own builders',
    'builders.self.of: expected no cycle: "self" is among its own builders',
  ],
);
test(
  'builders() keeps the words that are builders by themselves',
  mistakes,
  { builders: { auto: docker, big: docker } },
  ['builders.auto: expected another name: auto is a builder by itself'],
);
test(
  'builders() wants a repo for whatever is built',
  mistakes,
  {
    builders: { big: docker },
    images: {
      a: image({ repo: undefined, builder: 'big' }),
      b: image({ repo: undefined }),
      c: image({ repo: undefined, builder: 'none' }),
    },
  },
  ['images.a.builder: expected a repo to build from, or builder: none'],
);

for (const [builder, leaking] of [
  ['layers', 'layers'],
  ['plain', 'plain'],
  ['mixed', 'plain'],
] as const) {
  test(`builders() refuses secrets for an image that ${builder} builds, and says who can keep them`, t => {
    const configuration = ConfigurationShape.parse({
      builders: { plain: { kind: 'layers' }, big: docker, mixed: pool('big', 'plain') },
      images: { web: image({ builder, secrets }) },
    });
    const [mistake, ...more] = builders(configuration);
    t.deepEqual([mistake?.path, more], [['images', 'web', 'secrets'], []]);
    t.regex(mistake?.message ?? '', new RegExp(`of kind .*; ${leaking} cannot$`));
  });
}

for (const builder of ['docker', 'big', 'mixed']) {
  test(`builders() takes secrets for an image that ${builder} builds, but no limits beside them`, t => {
    const made = (more: object) =>
      ConfigurationShape.parse({
        builders: { big: docker, mixed: pool('big') },
        images: { web: image({ builder, secrets, ...more }) },
      });
    t.deepEqual(builders(made({})), []);
    const [mistake] = builders(made({ limits: { memory: '1g' } }));
    t.deepEqual(mistake?.path, ['images', 'web', 'limits']);
    t.regex(
      mistake?.message ?? '',
      /^expected none beside secrets: (?:docker|big) builds those with BuildKit/,
    );
  });
}

const cloud = { kind: 'cloud-build', project: 'acme', bucket: 'sources' };
const cluster = { kind: 'kubernetes', image: 'ghcr.io/acme/headway' };
const tool = { image: 'kaniko', command: ['build'] };
const limits = { memory: '1g' };
const built = (builder: string, more: object = {}) => image({ builder, limits, ...more });
test(
  'builders() refuses limits that limit nothing',
  mistakes,
  {
    builders: { cloud, cluster, both: pool('cloud', 'cluster'), mixed: pool('cloud', 'big'), big: docker },
    images: { a: built('cloud'), b: built('cluster'), c: built('both'), d: built('mixed') },
  },
  [
    'images.a.limits: expected none: cloud builds on whole machines, and has a machineType for that',
    'images.b.limits: expected none: cluster runs nothing of an image, and has resources for its own pods',
    'images.c.limits: expected none: cloud builds on whole machines, and has a machineType for that',
  ],
);
test(
  'builders() takes limits for what is run: in a build, in tests, for what is in an image',
  mistakes,
  {
    builders: { cloud, cluster: { ...cluster, tool }, big: docker },
    images: {
      a: built('cluster'),
      b: built('big'),
      c: built('cloud', { tests: { basic: [{ command: ['true'] }] } }),
      d: built('cloud', { info: [{ description: 'Packages', command: 'pip list' }] }),
    },
  },
  [],
);

test('unknownNames() finds builders that are none, and knows the words that are', t => {
  const found = unknownNames({
    repos: { shop: {} },
    builders: { big: docker, all: pool('big', 'bgi') },
    images: { a: image({ builder: 'laiers' }), b: image({ builder: 'none' }), c: image({ builder: 'big' }) },
  });
  t.deepEqual(
    found.map(({ path, message }) => `${path.join('.')}: ${message}`),
    [
      'images.a.builder: expected the name of a builder, found "laiers"; did you mean "layers"?',
      'builders.all.of.1: expected the name of a builder, found "bgi"; did you mean "big"?',
    ],
  );
});
