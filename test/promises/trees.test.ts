import test from 'ava';
import fc from 'fast-check';
import { contradictions } from '../../shared/domain/configuration/contradictions.ts';
import { imagesInTreeOrder } from '../../shared/domain/configuration/image-tree.ts';
import { imagesOfRepo } from '../../shared/domain/configuration/lookups.ts';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { buildOrder, type TreeImage } from '../../shared/domain/tree/image-tree.ts';
import { settleParents } from '../../shared/domain/tree/settle-parents.ts';
import { readSpec } from '../../shared/runtime/configuration/read-spec.ts';

const MANY = 10_000;
const RUNS = 50;
type Standing = { readonly name: string; readonly parents: readonly string[] };

/** Any images on any others, themselves and later ones too. */
const graphs: fc.Arbitrary<Standing[]> = fc
  .integer({ min: 1, max: 9 })
  .chain(count =>
    fc
      .array(fc.uniqueArray(fc.nat(count), { maxLength: 3 }), { minLength: count, maxLength: count })
      .map(all => all.map((parents, i) => ({ name: `i${i}`, parents: parents.map(parent => `i${parent}`) }))),
  );

/** Images each on one earlier one or none, written in any order. */
const forests: fc.Arbitrary<Standing[]> = fc
  .array(fc.option(fc.nat(), { nil: undefined }), { minLength: 1, maxLength: 30 })
  .map(all =>
    all.map((choice, i) => ({
      name: `i${i}`,
      parents: i === 0 || choice === undefined ? [] : [`i${choice % i}`],
    })),
  )
  .chain(all => fc.shuffledSubarray(all, { minLength: all.length }));

test('An order has every image once and after its parents, and leaves out exactly what stands on a cycle', t => {
  fc.assert(
    fc.property(graphs, images => {
      const { order, cycles } = buildOrder(images);
      const placed = order.map(({ name }) => name);
      const left = images.filter(image => reachesCycle(image, images)).map(({ name }) => name);
      t.deepEqual([...placed, ...left].toSorted(), images.map(({ name }) => name).toSorted());
      t.true(isParentsFirst(order));
      t.is(cycles.length > 0, left.length > 0);
      for (const cycle of cycles) t.true(isCycle(cycle, images), cycle.join(' '));
    }),
    { numRuns: RUNS },
  );
});

test('A spec.yml gives the images that it names, parents first, in whatever order it names them', t => {
  fc.assert(
    fc.property(forests, images => {
      const reading = readSpec(specOf(images), { path: 'images/spec.yml' });
      if ('mistakes' in reading) throw new Error(reading.mistakes[0]?.message);
      const found = reading.images.map(({ name, parents }) => ({ name, parents }));
      t.deepEqual(byName(found), byName(images));
      t.true(isParentsFirst(found));
    }),
    { numRuns: RUNS },
  );
});

test('A configuration gives its images, parents first, and in the tree each family together', t => {
  fc.assert(
    fc.property(forests, images => {
      const configuration = configurationOf(images);
      t.deepEqual(contradictions(configuration), []);
      const names = images.map(({ name }) => name).toSorted();
      const inTree = imagesInTreeOrder(configuration.images);
      for (const found of [imagesOfRepo(configuration, 'shop'), inTree]) {
        t.deepEqual(found.toSorted(), names);
        t.true(isParentsFirst(found.map(name => ({ name, parents: parentsIn(images, name) }))));
      }
      for (const name of names) {
        const family = inTree.filter(other => standsOn(other, name, images));
        const first = inTree.indexOf(name);
        t.deepEqual(inTree.slice(first, first + family.length), family);
      }
    }),
    { numRuns: RUNS },
  );
});

test('FROM lines give an image exactly the parents that they name beside the declared one, however many ways lead down', t => {
  // Each level of two stands on both of the level before: as many ways as atoms in the universe.
  const pair = (level: number) => [`i${2 * level}`, `i${2 * level + 1}`];
  const images = Array.from({ length: MANY }, (_, i) =>
    treeImage({ name: `i${i}`, parents: i < 2 ? [] : pair(Math.floor(i / 2) - 1).slice(0, 1) }),
  );
  const dockerfiles = new Map(
    images.map(({ name }, i) => {
      const bases =
        i < 2 ? ['debian'] : pair(Math.floor(i / 2) - 1).map(base => `registry.example/${base}:1`);
      const froms = bases.map((text, line) => ({ text, stage: undefined, line: line + 1 }));
      return [name, { args: [], froms }];
    }),
  );
  const settled = settleParents({ images, roots: undefined }, dockerfiles);
  if ('mistakes' in settled) throw new Error(settled.mistakes[0]?.message);
  t.is(settled.images.length, MANY);
  t.true(isParentsFirst(settled.images));
  t.deepEqual(settled.images.at(-1)?.parents, pair(MANY / 2 - 2));
});

test('A configuration that is one chain of 10,000 images, or one ring of them, is looked through', t => {
  const chain = Array.from({ length: MANY }, (_, i) => ({
    name: `i${i}`,
    parents: i === MANY - 1 ? [] : [`i${i + 1}`],
  }));
  const configuration = configurationOf(chain);
  t.deepEqual(contradictions(configuration), []);
  t.is(imagesOfRepo(configuration, 'shop').at(-1), 'i0');
  t.is(imagesInTreeOrder(configuration.images).at(-1), 'i0');
  const ring = chain.map(({ name, parents }) => ({ name, parents: parents.length === 0 ? ['i0'] : parents }));
  const mistakes = contradictions(configurationOf(ring));
  t.is(mistakes.length, MANY);
  t.is(
    mistakes[9_998]?.message,
    'expected no cycle, found i9998 -> i9999 -> i0 -> i1 -> i2 -> i3 -> i4 -> i5 -> … -> i9998',
  );
});

test('A spec.yml of 10,000 wrong names is read to its end, and the first are told what was meant', t => {
  const images = Array.from({ length: MANY }, (_, i) => ({ name: `image-${i}`, parents: [`imgae-${i}`] }));
  const reading = readSpec(specOf(images), { path: 'spec.yml' });
  if (!('mistakes' in reading)) throw new Error('It found nothing wrong');
  t.is(reading.mistakes.length, MANY);
  t.regex(reading.mistakes[0]?.message ?? '', /found "imgae-0"; did you mean "image-0"\?/);
  t.is(reading.mistakes.at(-1)?.message, 'expected the name of an image, found "imgae-9999"');
});

function isParentsFirst(order: readonly Standing[]): boolean {
  const place = new Map(order.map(({ name }, index) => [name, index]));
  return order.every(({ parents }, index) => parents.every(parent => (place.get(parent) ?? -1) < index));
}

/** Whether going up from an image can go on for ever. */
function reachesCycle(image: Standing, images: readonly Standing[], way: readonly string[] = []): boolean {
  if (way.includes(image.name)) return true;
  return image.parents.some(name => {
    const parent = images.find(other => other.name === name);
    return parent !== undefined && reachesCycle(parent, images, [...way, image.name]);
  });
}

function isCycle(names: readonly string[], images: readonly Standing[]): boolean {
  const isStep = (name: string, at: number) =>
    at === 0 || parentsIn(images, names[at - 1] ?? '').includes(name);
  return names.length > 1 && names[0] === names.at(-1) && names.every(isStep);
}

function standsOn(name: string, other: string, images: readonly Standing[]): boolean {
  return name === other || parentsIn(images, name).some(parent => standsOn(parent, other, images));
}

function parentsIn(images: readonly Standing[], name: string): readonly string[] {
  return images.find(image => image.name === name)?.parents ?? [];
}

function byName(images: readonly Standing[]): Standing[] {
  return images.toSorted((a, b) => a.name.localeCompare(b.name));
}

function specOf(images: readonly Standing[]): string {
  const lines = images.map(({ name, parents: [parent] }) =>
    parent === undefined ? `  ${name}:` : `  ${name}: { depend_on: ${parent} }`,
  );
  return `images:\n${lines.join('\n')}\n`;
}

function configurationOf(images: readonly Standing[]) {
  const entries = images.map(({ name, parents: [parent] }) => [
    name,
    { repo: 'shop', repository: `registry.example/${name}`, parent },
  ]);
  const shop = { url: 'https://git.example/shop.git' };
  return ConfigurationShape.parse({ repos: { shop }, images: Object.fromEntries(entries) });
}

function treeImage({ name, parents }: Standing): TreeImage {
  const repository = `registry.example/${name}`;
  return {
    name,
    folder: name,
    dockerfile: `${name}/Dockerfile`,
    repository,
    parents,
    parentArg: 'BASE',
    args: {},
  };
}
