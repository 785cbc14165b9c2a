import test from 'ava';
import type { DockerfileBases } from '../../shared/domain/tree/dockerfile-bases.ts';
import { buildOrder, type ImageTree, type TreeImage } from '../../shared/domain/tree/image-tree.ts';
import { settleParents } from '../../shared/domain/tree/settle-parents.ts';

const orders = test.macro({
  exec(
    t,
    images: Readonly<Record<string, readonly string[]>>,
    order: string,
    cycles: readonly string[] = [],
  ) {
    const found = buildOrder(Object.entries(images).map(([name, parents]) => ({ name, parents })));
    t.is(found.order.map(({ name }) => name).join(' '), order);
    t.deepEqual(
      found.cycles.map(cycle => cycle.join(' ')),
      cycles,
    );
  },
  title: (name = '') => `buildOrder() ${name}`,
});

test('DH-5: is breadth first', orders, { a: ['r'], r: [], b: ['r'], c: ['a'], d: ['r'] }, 'r a b d c');
test('keeps any number of roots in the order they were written', orders, { b: [], a: [], c: ['a'] }, 'b a c');
test('waits for the last of several parents', orders, { c: ['a', 'b'], a: [], b: ['a'] }, 'a b c');
test('takes a parent that is not among the images for none', orders, { a: ['elsewhere'] }, 'a');
test(
  'tells each cycle once and leaves out what stands on it',
  orders,
  { a: ['b'], b: ['a'], c: ['c'], d: ['a'], e: [] },
  'e',
  ['a b a', 'c c'],
);

const registry = 'ghcr.io/acme';
const parents = test.macro({
  exec(
    t,
    froms: readonly string[],
    expected: { readonly parents: readonly string[]; readonly remarks?: readonly string[] },
    args: DockerfileBases['args'] = [],
  ) {
    const found = settle([anImage('base'), anImage('other'), anImage('app', 'base')], {
      app: { args, froms },
    });
    t.deepEqual(found.parents, expected.parents);
    t.deepEqual(found.remarks, expected.remarks ?? []);
  },
  title: (name = '') => `settleParents() ${name}`,
});

test('agrees with a FROM line that names the declared parent', parents, [`${registry}/base:\${BASE_TAG}`], {
  parents: ['base'],
});
test('reads a default for the tag as one', parents, [`${registry}/base:$BASE_TAG`], { parents: ['base'] }, [
  { name: 'BASE_TAG', value: 'latest' },
]);
test(
  'adds a parent that only a FROM line names',
  parents,
  [`${registry}/other:$TAG`, `${registry}/base:$BASE_TAG`],
  {
    parents: ['base', 'other'],
    remarks: ['1: stands on "other", which is not declared; it counts as a parent'],
  },
);
test('says when no FROM line names the declared parent', parents, ['debian:13'], {
  parents: ['base'],
  remarks: ['1: no FROM line stands on "base", which is declared'],
});
test('says when a FROM line stays on a fixed tag', parents, [`${registry}/base:2023.4-old`], {
  parents: ['base'],
  remarks: [`1: stands on "${registry}/base:2023.4-old" whatever is built; a new "base" does not reach it`],
});
test('believes the declaration where only the build knows what a FROM line is', parents, ['$ANY'], {
  parents: ['base'],
});
test('believes it where the parent is given whole', parents, [`\${BASE_TAG}`], { parents: ['base'] }, [
  { name: 'BASE_TAG', value: 'debian' },
]);
test('expands what arguments say', parents, [`$HOST/\${NAME:-base}:$BASE_TAG`], { parents: ['base'] }, [
  { name: 'HOST', value: registry },
]);
test(
  'takes no earlier stage and no scratch for an image',
  parents,
  [`${registry}/base:$BASE_TAG`, 'Build', 'scratch'],
  { parents: ['base'] },
);
test('takes no name for the one it begins with', parents, [`${registry}/basement:$BASE_TAG`], {
  parents: ['base'],
  remarks: ['1: no FROM line stands on "base", which is declared'],
});

test('settleParents() says that a Dockerfile is not there', t => {
  const settled = settleParents({ images: [anImage('app')], roots: undefined }, new Map());
  t.like(settled, {
    remarks: [
      { image: 'app', file: 'images/app/Dockerfile', message: 'there is no such file at this commit' },
    ],
  });
});

test('settleParents() refuses a cycle that only the FROM lines close', t => {
  const froms = [{ text: `${registry}/app`, stage: undefined, line: 1 }];
  const settled = settleParents(
    { images: [anImage('base'), anImage('app', 'base')], roots: undefined },
    new Map([['base', { args: [], froms }]]),
  );
  t.like(settled, {
    mistakes: [{ path: ['images', 'base'], message: 'expected no cycle, found base -> app -> base' }],
  });
});

test('settleParents() refuses an image that stands on none and is not among the roots', t => {
  const images = [anImage('base'), anImage('forgotten'), anImage('found')];
  const froms = [{ text: `${registry}/base`, stage: undefined, line: 1 }];
  const settled = settleParents({ images, roots: ['base'] }, new Map([['found', { args: [], froms }]]));
  t.deepEqual(settled, {
    mistakes: [
      {
        path: ['images', 'forgotten'],
        message: 'expected depend_on, or "forgotten" among root: it stands on no image',
      },
    ],
  });
});

type Bases = { readonly args: DockerfileBases['args']; readonly froms: readonly string[] };

/** The parents of `app` and the remarks on it. Every stage is called `build`. */
function settle(images: ImageTree, { app }: { readonly app: Bases }) {
  const froms = app.froms.map((text, index) => ({ text, stage: 'build', line: index + 1 }));
  const settled = settleParents({ images, roots: undefined }, new Map([['app', { args: app.args, froms }]]));
  if ('mistakes' in settled) throw new Error(JSON.stringify(settled.mistakes));
  const remarks = settled.remarks.filter(({ image }) => image === 'app');
  return {
    parents: settled.images.find(({ name }) => name === 'app')?.parents,
    remarks: remarks.map(({ line, message }) => `${line}: ${message}`),
  };
}

function anImage(name: string, ...parents: readonly string[]): TreeImage {
  const folder = `images/${name}`;
  return {
    name,
    folder,
    dockerfile: `${folder}/Dockerfile`,
    repository: `${registry}/${name}`,
    parents,
    parentArg: 'BASE_TAG',
    args: {},
  };
}
