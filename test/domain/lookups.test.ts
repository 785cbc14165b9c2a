import test from 'ava';
import * as lookups from '../../shared/domain/configuration/lookups.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { parseImageReference } from '../../shared/domain/names/image-reference.ts';

const configuration = ConfigurationShape.parse({
  repos: {
    shop: { url: 'https://git.example/shop.git' },
    tools: { url: 'https://git.example/tools.git', branch: 'trunk' },
  },
  images: {
    web: { repo: 'shop', repository: 'registry.example/shop/web', parent: 'node' },
    node: { repo: 'shop', repository: 'registry.example/shop/node', parent: 'base' },
    base: { repo: 'shop', repository: 'registry.example/shop/base' },
    jobs: { repo: 'shop', repository: 'registry.example/shop/jobs', parent: 'base', builder: 'none' },
    lint: { repo: 'tools', repository: 'acme/lint' },
    proxy: { repository: 'nginx' },
  },
  tags: {
    prod: { images: ['web', 'jobs', 'lint'] },
    lts: { images: ['web'], branch: 'release' },
    stable: { images: ['proxy'], movedBy: 'registry' },
  },
  targets: { place: { kind: 'docker' } },
  services: {
    front: { target: 'place', image: 'web', tag: 'prod' },
    old: { target: 'place', image: 'web', tag: 'lts' },
    proxy: { target: 'place', image: 'proxy', tag: 'stable' },
  },
});

const finds = test.macro((t, found: unknown, expected: unknown) => {
  t.deepEqual(found, expected);
});
const at = (text: string) =>
  lookups.imagesAt(configuration, parseImageReference(text) ?? { registry: '', repository: '' });

test(
  'imagesOfRepo(): parents come before their children',
  finds,
  lookups.imagesOfRepo(configuration, 'shop'),
  ['base', 'node', 'jobs', 'web'],
);
test(
  'imagesOfRepo(): a repo that nothing is built from has none',
  finds,
  lookups.imagesOfRepo(configuration, 'other'),
  [],
);
test(
  'builtChildrenOf(): only children that headway builds wait for it',
  finds,
  lookups.builtChildrenOf(configuration, 'base'),
  ['node'],
);
test(
  'builtChildrenOf(): grandchildren wait for the child',
  finds,
  lookups.builtChildrenOf(configuration, 'node'),
  ['web'],
);
test(
  'tagsOfImage(): the tags that headway moves',
  finds,
  lookups.tagsOfImage(configuration, 'web', 'headway'),
  ['prod', 'lts'],
);
test(
  'tagsOfImage(): the tags that others move',
  finds,
  lookups.tagsOfImage(configuration, 'proxy', 'registry'),
  ['stable'],
);
test(
  'tagsOfImage(): an image outside of every list has none',
  finds,
  lookups.tagsOfImage(configuration, 'base', 'headway'),
  [],
);
test(
  'followedBranch(): the tracked branch of the repo',
  finds,
  lookups.followedBranch(configuration, 'lint', 'prod'),
  { repo: 'tools', branch: 'trunk' },
);
test(
  'followedBranch(): the branch that the tag names',
  finds,
  lookups.followedBranch(configuration, 'web', 'lts'),
  { repo: 'shop', branch: 'release' },
);
test(
  'followedBranch(): none where others move the tag',
  finds,
  lookups.followedBranch(configuration, 'proxy', 'stable'),
  undefined,
);
test(
  'followedBranch(): none for a tag that is not configured',
  finds,
  lookups.followedBranch(configuration, 'web', 'nightly'),
  undefined,
);
test(
  'trackedBranches(): the tracked one, and those that tags follow',
  finds,
  lookups.trackedBranches(configuration, 'shop'),
  new Set(['main', 'release']),
);
test(
  'trackedBranches(): another repo has its own',
  finds,
  lookups.trackedBranches(configuration, 'tools'),
  new Set(['trunk']),
);
test('imagesAt(): by repository, whatever the tag', finds, at('registry.example/shop/web:prod'), ['web']);
test(
  'imagesAt(): short names of Docker Hub are the same as long ones',
  finds,
  at('docker.io/library/nginx'),
  ['proxy'],
);
test('imagesAt(): another registry has another image', finds, at('other.example/shop/web'), []);
test(
  'imagesAt(): a name that begins alike is another image (SK: fiddle and fiddler)',
  finds,
  at('registry.example/shop/we'),
  [],
);
test(
  'followersOf(): the services on exactly this image and tag',
  finds,
  lookups.followersOf(configuration, 'web', 'prod'),
  [{ target: 'place', service: 'front' }],
);
test(
  'CD-11: followersOf(): another case is another tag',
  finds,
  lookups.followersOf(configuration, 'web', 'Prod'),
  [],
);
test(
  'repositoryOf(): registry and repository, without a tag',
  finds,
  lookups.repositoryOf(configuration, 'lint'),
  { registry: 'docker.io', repository: 'acme/lint' },
);

test('repositoryOf(): an image that is not configured is named', t => {
  t.throws(() => lookups.repositoryOf(configuration, 'ghost'), {
    instanceOf: RangeError,
    message: /"ghost"/,
  });
});
