import test from 'ava';
import fc from 'fast-check';
import type { Published } from '../../shared/domain/plans/change.ts';
import { type PlanInput, planImages } from '../../shared/domain/plans/plan-images.ts';
import { buildOrder, type TreeImage } from '../../shared/domain/tree/image-tree.ts';

/** Images that stand on none, one or two earlier ones, written in any order. */
const images = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.nat(3)), { minLength: 1, maxLength: 25 })
  .map(choices =>
    choices.map(([a, b, how], index) => {
      const earlier = [a, b].map(choice => `i${choice % Math.max(1, index)}`);
      return anImage(index, index === 0 ? [] : [...new Set(earlier.slice(0, how))]);
    }),
  )
  .chain(all => fc.shuffledSubarray(all, { minLength: all.length }))
  .map(all => buildOrder(all).order);

const published: fc.Arbitrary<Published> = fc.oneof(
  fc.constant({ kind: 'there' } as const),
  fc.record({
    kind: fc.constant('there' as const),
    digests: fc.constant(['new']),
    builtOn: fc.constant({ i0: 'old' }),
  }),
  fc.constant({ kind: 'missing' } as const),
  fc.constant({ kind: 'unknown', reason: 'no answer' } as const),
);

const inputs: fc.Arbitrary<PlanInput> = images.chain(all =>
  fc.record({
    images: fc.constant(all),
    rules: fc.constant({ buildAll: ['shared'], ignore: ['i1/docs'] }),
    tag: fc.constant('2026.3-dev'),
    parents: fc.constantFrom('rebuild' as const, 'reuse' as const),
    published: fc
      .array(published, { minLength: all.length, maxLength: all.length })
      .map(facts => named(all, facts)),
    reusable: fc
      .array(published, { minLength: all.length, maxLength: all.length })
      .map(facts => named(all, facts)),
    change: fc.record({
      branch: fc.constant('dev'),
      isDefault: fc.boolean(),
      isFirst: fc.boolean(),
      messages: fc.subarray(['work', 'full rebuild', 'skip ci']),
      files: fc.option(
        fc.array(fc.constantFrom('i0/a', 'i1/docs/a', 'i2/deep/b', 'i3/c', 'shared/t', 'README.md'), {
          maxLength: 3,
        }),
        { nil: undefined },
      ),
    }),
  }),
);

test('what stands on an image that is built is built, on every tree and for every change', t => {
  holds(({ images }, { builds }) => {
    const built = new Set(builds.map(({ image }) => image.name));
    return images.every(({ name, parents }) => built.has(name) || !parents.some(parent => built.has(parent)));
  });
  t.pass();
});

test('what is built is what changed or is missing or outdated, what stands on it, and nothing else', t => {
  holds((input, { builds }) => {
    const built = builds.map(({ image }) => image.name).toSorted();
    return JSON.stringify(built) === JSON.stringify(wantedBy(input).toSorted());
  });
  t.pass();
});

test('every image is built after all that it stands on', t => {
  holds((_, { builds }) => {
    const place = new Map(builds.map(({ image }, index) => [image.name, index]));
    return builds.every(({ image }, index) =>
      image.parents.every(parent => (place.get(parent) ?? -1) < index),
    );
  });
  t.pass();
});

test('every image is either built or kept, once', t => {
  holds(({ images }, { builds, kept }) => {
    const names = [...builds, ...kept].map(({ image }) => image.name).toSorted();
    return JSON.stringify(names) === JSON.stringify(images.map(({ name }) => name).toSorted());
  });
  t.pass();
});

test('no image is built without a reason, and none for a parent that is not', t => {
  holds((_, { builds }) => {
    const built = new Set(builds.map(({ image }) => image.name));
    return builds.every(({ image, reasons }) =>
      [reasons.length > 0, ...reasons.map(reason => isTrue(reason, { image, built }))].every(Boolean),
    );
  });
  t.pass();
});

test('more changed files never build less', t => {
  fc.assert(
    fc.property(inputs, input => {
      const { files } = input.change;
      if (files === undefined) return true;
      const all = planImages(input).builds.length;
      const fewer = planImages({ ...input, change: { ...input.change, files: files.slice(1) } }).builds
        .length;
      return fewer <= all;
    }),
  );
  t.pass();
});

const SHAPES: Readonly<Record<string, (index: number) => readonly number[]>> = {
  chain: i => [i - 1],
  tree: i => [Math.floor((i - 1) / 2)],
  star: () => [0],
  // Each on both of the level before, so that the ways down double with every level.
  'ladder of diamonds': i => (i < 3 ? [0] : [i - 2 - ((i + 1) % 2), i - 1 - ((i + 1) % 2)]),
};

const plansMany = test.macro({
  exec(t, shape: string, changed: readonly number[] | 'all') {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      anImage(i, i === 0 ? [] : (SHAPES[shape]?.(i) ?? []).map(parent => `i${parent}`)),
    );
    const files = (changed === 'all' ? [...many.keys()] : changed).map(i => `i${i}/Dockerfile`);
    const change = { branch: 'dev', isDefault: false, isFirst: false, messages: [], files };
    const { order: images } = buildOrder(many.toReversed());
    const { builds } = planImages({ images, rules: { buildAll: [], ignore: [] }, change, tag: 't' });
    t.is(builds.length, 10_000);
  },
  title: (_, shape, changed) =>
    `a ${shape} of 10,000 images is planned in no more steps than it has, ${changed === 'all' ? 'all' : 'only the root'} changed`,
});
for (const shape of Object.keys(SHAPES)) {
  test(plansMany, shape, 'all');
  test(plansMany, shape, [0]);
}

function holds(promise: (input: PlanInput, plan: ReturnType<typeof planImages>) => boolean): void {
  fc.assert(fc.property(inputs, input => promise(input, planImages(input))));
}

/** The same rules as slowly as they are said: an image by itself, or any image that it stands on. */
function wantedBy({ images, change, rules, parents, published, reusable }: PlanInput): string[] {
  const { messages, isDefault, isFirst, files } = change;
  if (messages[0] === 'skip ci') return [];
  const isUnder = (file: string, folder: string) => file.startsWith(`${folder}/`);
  const isShared = files?.some(file => rules.buildAll.some(folder => isUnder(file, folder)));
  const isWhole =
    messages.includes('full rebuild') || isDefault || !files || (isFirst && parents !== 'reuse') || isShared;
  const changed = (files ?? []).filter(file => !rules.ignore.some(folder => isUnder(file, folder)));
  const isWantedItself = ({ name, folder, parents: own }: TreeImage): boolean => {
    const fact = published?.get(name);
    if (changed.some(file => isUnder(file, folder))) return true;
    if (fact?.kind === 'missing') return parents !== 'reuse' || reusable?.get(name)?.kind !== 'there';
    if (fact?.kind !== 'there' || parents === 'reuse') return false;
    return own.some(parent => {
      const above = published?.get(parent);
      const on = fact.builtOn?.[parent];
      return above?.kind === 'there' && above.digests !== undefined && on !== undefined && on !== 'new';
    });
  };
  const byName = new Map(images.map(image => [image.name, image]));
  const isWanted = (image: TreeImage | undefined): boolean =>
    image !== undefined &&
    (isWhole || isWantedItself(image) || image.parents.some(parent => isWanted(byName.get(parent))));
  return images.filter(isWanted).map(({ name }) => name);
}

type Building = ReturnType<typeof planImages>['builds'][number];

function isTrue(
  reason: Building['reasons'][number],
  { image, built }: { image: TreeImage; built: Set<string> },
): boolean {
  if (reason.kind === 'parent is built')
    return image.parents.includes(reason.parent) && built.has(reason.parent);
  if (reason.kind === 'changed')
    return reason.files.length > 0 && reason.files.every(file => file.startsWith(`${image.folder}/`));
  return true;
}

function named(images: readonly TreeImage[], facts: readonly Published[]): Map<string, Published> {
  return new Map(images.map(({ name }, index) => [name, facts[index] ?? { kind: 'missing' }]));
}

function anImage(index: number, parents: readonly string[]): TreeImage {
  const name = `i${index}`;
  return {
    name,
    folder: name,
    dockerfile: `${name}/Dockerfile`,
    repository: undefined,
    parents,
    parentArg: 'BASE',
    args: {},
  };
}
