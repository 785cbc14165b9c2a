import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import type { ForgeFacts } from '../../shared/domain/pushes/judge-push.ts';
import { recordPush } from '../../shared/domain/pushes/record-push.ts';
import { aBuild, aTag, at, candidateOf, digest, NOW, sha, standingOn } from '../helpers/a-document.ts';

const image = (more: object = {}) => ({ repo: 'shop', repository: 'registry.example/x', ...more });
const configuration = ConfigurationShape.parse({
  repos: { shop: { url: 'https://git.example/shop.git' } },
  images: {
    base: image(),
    web: image({ parent: 'base' }),
    jobs: image({ builder: 'none' }),
  },
});
const images = ['base', 'web', 'jobs'];
const main = { repo: 'shop', branch: 'main', head: sha('c1'), epoch: 1, place: 1, updatedAt: at(-9) };

type Given = {
  readonly builds?: readonly Partial<Build>[];
  readonly tags?: readonly Tag[];
  readonly facts?: ForgeFacts;
};

/** A push of `c2` onto `c1`, our head. */
function record({ builds = [], tags = [], facts }: Given = {}) {
  const found = images.map(name => {
    const known = builds.find(build => build.image === name);
    return known && aBuild({ commit: sha('c2'), branch: undefined, due: undefined, ...known });
  });
  const push = {
    repoUrls: [],
    kind: 'branch',
    name: 'main',
    before: facts === undefined ? sha('c1') : sha('c0'),
    after: sha('c2'),
    forced: false,
    deleted: false,
    head: { author: 'Ada', message: 'a change\n\nand why' },
  } as const;
  const documents = { delivery: undefined, branch: main, commit: undefined, builds: found, tags };
  const wishes = images.map(image => ({
    image,
    parent: configuration.images[image]?.parent,
    reasons: ['everything is built on main'],
  }));
  return recordPush(documents, { repo: 'shop', push, wishes, facts, configuration, now: NOW });
}
const planned = (its: Given) =>
  record(its).builds.map(({ image, status, due }) => [image, status, due === at()]);

test('recordPush(): the head gets its place, and its builds are asked for, parents first', t => {
  const { verdict, branch, commit, builds } = record();
  t.is(verdict, 'advanced');
  t.like(branch, { head: sha('c2'), epoch: 1, place: 2 });
  t.like(commit, {
    sha: sha('c2'),
    author: 'Ada',
    subject: 'a change',
    pushedAt: at(),
    places: { main: { epoch: 1, place: 2 } },
  });
  t.like(builds[1], { image: 'web', parent: 'base', branch: 'main', commit: sha('c2') });
});

const plans = test.macro({
  exec(t, builds: readonly Partial<Build>[], expected: readonly unknown[]) {
    t.deepEqual(planned({ builds }), expected);
  },
  title: name => `recordPush(): ${name}`,
});
test(
  'a child waits for its parent, and what others build for its notice',
  plans,
  [],
  [
    ['base', 'waiting', true],
    ['web', 'waiting', false],
    ['jobs', 'waiting', false],
  ],
);
test(
  'a child whose parent is there already is built now',
  plans,
  [{ image: 'base', status: 'succeeded' }],
  [
    ['web', 'waiting', true],
    ['jobs', 'waiting', false],
  ],
);
test(
  'a child whose parent failed already is looked at now, to give up',
  plans,
  [{ image: 'base', status: 'failed' }],
  [
    ['web', 'waiting', true],
    ['jobs', 'waiting', false],
  ],
);
test(
  'a build that a notice told of first is completed',
  plans,
  [{ image: 'base', status: 'building' }],
  [
    ['base', 'building', true],
    ['web', 'waiting', false],
    ['jobs', 'waiting', false],
  ],
);
test(
  'a build that a push has asked for is not asked for again',
  plans,
  images.map(image => ({ image, branch: 'release' })),
  [],
);

test('recordPush(): tags that wait are looked at again, now that the branch has moved', t => {
  const waiting = aTag({
    candidates: [{ ...candidateOf('c9'), waits: 'for its push' }],
    attempts: 4,
    due: at(99),
  });
  t.deepEqual(record({ tags: [waiting, aTag()] }).tags, [{ ...waiting, due: at(), attempts: 0 }]);
});

test('recordPush(): an image that was built before its commit was on the branch asks for the tag again', t => {
  const builds = [{ image: 'web', status: 'succeeded', digest: digest('c2') } as const];
  t.like(record({ builds, tags: [aTag({ wanted: standingOn('c1') })] }).tags, [
    { candidates: [candidateOf('c2')], due: at() },
  ]);
  t.deepEqual(
    record({ builds, tags: [aTag({ wanted: standingOn('c2') })] }).tags,
    [],
    'unless the tag is on it',
  );
});

test('recordPush(): a push that others have overtaken moves no branch and wakes no tag, and is built all the same', t => {
  const facts = {
    toKnownHead: { relation: 'older' },
    toForgeHead: 'older',
    knownToForgeHead: 'same',
  } as const;
  const { verdict, branch, builds, tags, commit } = record({
    facts,
    tags: [aTag({ candidates: [candidateOf('c9')] })],
  });
  t.deepEqual([verdict, branch, builds.length, tags], ['late', undefined, 3, []]);
  t.deepEqual(commit?.places, {});
});

test('recordPush(): any order, one end: a push of a history that was given up meanwhile is built as if it had come in time', t => {
  const facts = {
    toKnownHead: { relation: 'diverged' },
    toForgeHead: 'diverged',
    knownToForgeHead: 'diverged',
  } as const;
  t.like(record({ facts }), { verdict: 'abandoned', builds: { length: 3 } });
});

test('recordPush(): unknown is not different: nothing is recorded until the forge knows the commit', t => {
  const facts = {
    toKnownHead: { relation: 'unknown' },
    toForgeHead: 'unknown',
    knownToForgeHead: 'same',
  } as const;
  t.deepEqual(record({ facts }), { verdict: 'unknown', builds: [], told: [], tags: [] });
});
