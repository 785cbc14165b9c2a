import test from 'ava';
import type { Change, Published } from '../../shared/domain/plans/change.ts';
import { changeRules, STACK_RULES } from '../../shared/domain/plans/change-rules.ts';
import { type PlanInput, planImages } from '../../shared/domain/plans/plan-images.ts';
import { type Reason, reasonText } from '../../shared/domain/plans/reasons.ts';
import type { TreeImage } from '../../shared/domain/tree/image-tree.ts';

const rules = changeRules({ ...STACK_RULES, ChangeIgnore: ['docs', 'child1/README.md'] }, 'images');
const images = [
  anImage('root'),
  ...['child1', 'child2', 'child3', 'child4'].map(name => anImage(name, 'root')),
  anImage('grandchild', 'child1'),
];
const ALL = images.map(({ name }) => name);
const quiet: Change = { branch: 'dev', isDefault: false, isFirst: false, messages: ['work'], files: [] };
const there: Published = { kind: 'there' };

const plans = test.macro({
  exec(t, given: Partial<Change>, expected: readonly string[], more: Partial<PlanInput> = {}) {
    const plan = planFor(given, more);
    t.deepEqual(built(plan), expected);
    t.deepEqual(
      plan.kept.map(({ image }) => image.name).toSorted(),
      ALL.filter(name => !expected.includes(name)).toSorted(),
    );
  },
  title: (name = '') => `planImages() ${name}`,
});

test('DH-2: no changes build nothing', plans, {}, []);
test(
  'DH-3: a changed root builds every image, breadth first',
  plans,
  { files: ['images/root/Dockerfile'] },
  ALL,
);
test('DH-4: a changed leaf builds only itself', plans, { files: ['images/child3/a.txt'] }, ['child3']);
test('builds what stands on a changed image, and no sibling', plans, { files: ['images/child1/a.txt'] }, [
  'child1',
  'grandchild',
]);
test('DH-7: builds nothing while everything is there', plans, {}, [], { published: facts(there) });
test('DH-8: builds everything where nothing is there', plans, {}, ALL, {
  published: facts({ kind: 'missing' }),
});
test(
  'DH-20: "Full Rebuild" in a message builds every image, whatever changed',
  plans,
  { messages: ['last', 'a Full Rebuild, please'] },
  ALL,
);
test('DH-20: "full rebuild" in the title of a pull request does too', plans, { title: 'full rebuild' }, ALL);
test('DH-21: the default branch builds every image', plans, { branch: 'main', isDefault: true }, ALL);
test(
  'DH-22: a file that every image depends on builds every image',
  plans,
  { files: ['images/spec.yml'] },
  ALL,
);
test('DH-22: a shared test folder does too', plans, { files: ['images/tests_common/deep/test_a.py'] }, ALL);
test('DH-22: a Dockerfile builds its image', plans, { files: ['images/child2/Dockerfile'] }, ['child2']);
test(
  'DH-22: files that belong to no image build nothing',
  plans,
  { files: ['README.md', 'images/README.md', 'images/child22/a'] },
  [],
);
test('DH-25: one missing image is built with what stands on it', plans, {}, ['child1', 'grandchild'], {
  published: facts(there, { child1: { kind: 'missing' } }),
});
test('does not build an image that could not be looked up', plans, {}, [], {
  published: facts(there, { root: { kind: 'unknown', reason: 'the registry is down' } }),
});
test(
  'ignores what the stack says to ignore',
  plans,
  { files: ['images/docs/a.md', 'images/child1/README.md'] },
  [],
);
test(
  'builds for the other files of a folder of which one is ignored',
  plans,
  { files: ['images/child1/README.md', 'images/child1/x'] },
  ['child1', 'grandchild'],
);
test(
  'builds everything on the first run of a branch',
  plans,
  { isFirst: true, files: ['images/child2/a'] },
  ALL,
);
test(
  'builds what changed on the first run of a branch when parents are reused',
  plans,
  { isFirst: true, files: ['images/child2/a'] },
  ['child2'],
  { parents: 'reuse' },
);
test('builds everything where there is nothing to compare with', plans, { files: undefined }, ALL, {
  parents: 'reuse',
});
test(
  'builds everything when a person asks, even where a message skips',
  plans,
  { messages: ['skip ci'], wantsAll: true },
  ALL,
);
test('reuses a missing image that is there under the other tag', plans, {}, ['child2'], {
  parents: 'reuse',
  reuseTag: '2026.3-main',
  published: facts({ kind: 'missing' }),
  reusable: facts(there, { child2: { kind: 'missing' } }),
});
test(
  'builds what stands on an older parent, and all that stands on that',
  plans,
  {},
  ['child1', 'grandchild'],
  { published: outdated() },
);
test('leaves what stands on an older parent when parents are reused', plans, {}, [], {
  published: outdated(),
  parents: 'reuse',
});

const skips = test.macro({
  exec(t, given: Partial<Change>, word: string | undefined) {
    t.is(planFor({ files: ['images/root/a'], ...given }).skippedBy, word);
  },
  title: (name = '') => `planImages() ${name}`,
});

test(
  'skips the push when its newest message says so',
  skips,
  { messages: ['docs [Skip CI]', 'work'] },
  'Skip CI',
);
test(
  'does not skip what an older message of the push says',
  skips,
  { messages: ['work', 'docs [skip ci]'] },
  undefined,
);
test('skips a pull request by its title', skips, { title: 'wip, skip ci' }, 'skip ci');
test('skips by the other words of GitHub in brackets', skips, { messages: ['[ci skip] wiki'] }, '[ci skip]');
test(
  'skips nothing when a message merely mentions CI',
  skips,
  { messages: ['there is no CI for this'] },
  undefined,
);

test('every reason is a sentence, the one that says most first', t => {
  const reasonsOf = (given: Partial<Change>, more: Partial<PlanInput> = {}) =>
    planFor(given, more).builds.map(
      ({ image, reasons }) => `${image.name}: ${reasons.map(reasonText).join('; ')}`,
    );
  t.deepEqual(reasonsOf({ files: ['images/child1/b', 'images/child1/a', 'images/grandchild/c'] }), [
    'child1: images/child1/a and 1 other file changed',
    'grandchild: images/grandchild/c changed; it stands on child1, which is built',
  ]);
  t.deepEqual(reasonsOf({}, { published: outdated() })[0], 'child1: it stands on an older root');
  t.is(
    reasonsOf({}, { published: facts(there, { root: { kind: 'missing' } }) })[0],
    'root: 2026.3-dev is not in the registry',
  );
  t.is(
    reasonsOf({ files: ['images/conftest.py'] })[0],
    'root: images/conftest.py changed, which every image depends on',
  );
  const others: readonly Reason[] = [
    { kind: 'full rebuild', wantedBy: 'person' },
    { kind: 'full rebuild', wantedBy: 'message' },
    { kind: 'default branch', branch: 'main' },
    { kind: 'first run', branch: 'dev' },
  ];
  t.deepEqual(others.map(reasonText), [
    'a full rebuild was asked for',
    'a message says "full rebuild"',
    'everything is built on main',
    'nothing of dev was built before',
  ]);
});

test('an image says that another one will do, or that nobody could tell', t => {
  const { kept } = planFor(
    {},
    {
      parents: 'reuse',
      reuseTag: '2026.3-main',
      published: facts({ kind: 'missing' }, { child4: { kind: 'unknown', reason: 'no answer' } }),
      reusable: facts(there),
    },
  );
  const found = kept.map(({ image, kind, note }) => [image.name, kind, note]);
  t.deepEqual(
    found.find(([name]) => name === 'root'),
    ['root', 'reused', '2026.3-main'],
  );
  t.deepEqual(
    found.find(([name]) => name === 'child4'),
    ['child4', 'unknown', 'no answer'],
  );
});

function planFor(given: Partial<Change>, more: Partial<PlanInput> = {}) {
  return planImages({ images, rules, change: { ...quiet, ...given }, tag: '2026.3-dev', ...more });
}

function built({ builds }: ReturnType<typeof planImages>): string[] {
  return builds.map(({ image }) => image.name);
}

function facts(all: Published, but: Readonly<Record<string, Published>> = {}): Map<string, Published> {
  return new Map([...ALL.map(name => [name, all] as const), ...Object.entries(but)]);
}

/** The root was rebuilt after child1 was; child2 stands on it as it is, of child3 nobody knows. */
function outdated(): Map<string, Published> {
  return facts(there, {
    root: { kind: 'there', digests: ['new', 'new for arm64'] },
    child1: { kind: 'there', builtOn: { root: 'old' } },
    child2: { kind: 'there', builtOn: { root: 'new for arm64' } },
    child3: { kind: 'there', builtOn: {} },
  });
}

function anImage(name: string, ...parents: readonly string[]): TreeImage {
  const folder = `images/${name}`;
  const repository = `ghcr.io/acme/${name}`;
  return {
    name,
    folder,
    dockerfile: `${folder}/Dockerfile`,
    repository,
    parents,
    parentArg: 'BASE_TAG',
    args: {},
  };
}
