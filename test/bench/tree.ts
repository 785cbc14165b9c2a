import { planImages } from '../../shared/domain/plans/plan-images.ts';
import { branchTag } from '../../shared/domain/tree/branch-tag.ts';
import { readSpec } from '../../shared/runtime/configuration/read-spec.ts';
import { createRandom } from '../helpers/world/turns.ts';
import type { Measure, Row, Table } from './measure.ts';
import { criticalPath, oneByOne, randomTree } from './random-tree.ts';
import { simulateBuilds } from './simulated-builds.ts';
import { median } from './statistics.ts';

const IMAGES = 10_000;
const CHANGED = 300;
const ROUNDS = 15;
/** `least`: how long the fastest possible order of builds would take, in milliseconds. */
const BUILDS = [
  { count: 1, limit: 64, least: 2_000 },
  { count: 10, limit: 64, least: 4_000 },
  { count: 100, limit: 64, least: 6_000 },
  { count: 100, limit: 4, least: 6_000 },
  { count: 1_000, limit: 64, least: 20_000 },
  { count: 1_000, limit: 8, least: 20_000 },
];

/** Planning is measured alone and with the reading of the file; building with a builder that only waits. */
export const tree: Measure = {
  name: 'tree',
  about: `planning a tree of ${IMAGES.toLocaleString('en')} images, and building simulated trees`,
  async run({ folder, progress }) {
    progress('planning');
    const planning = measurePlanning();
    const rows: Row[] = [];
    const failures: string[] = [];
    for (const { count, limit, least } of BUILDS) {
      progress(`building ${count} images, ${limit} at once`);
      const images = randomTree({ count, limit, seed: count, least });
      const { took, most, succeeded, early } = await simulateBuilds({ tree: images, limit, folder });
      rows.push({
        images: count,
        'at once': limit,
        'makespan ms': Math.round(took),
        'critical path ms': Math.round(criticalPath(images)),
        'least ms': least,
        'mean build ms': Math.round(oneByOne(images) / count),
        'of least': took / least,
        'one by one': oneByOne(images) / took,
        'most at once': most,
      });
      const what = `${count} images, ${limit} at once`;
      if (succeeded !== count) failures.push(`only ${succeeded} of ${what}, were built`);
      if (early > 0) failures.push(`${early} of ${what}, were begun before their parents were there`);
      if (most > limit) failures.push(`${most} of ${what}, were built at once`);
    }
    return {
      tables: [planning, { title: 'Push to the last settled notice, over SQLite', rows }],
      notes: [
        'least: the critical path, or all the work shared by as many as work at once, whichever is longer.',
        'one by one: how many times longer the same builds take one after the other, breadth first (added up).',
      ],
      failures,
    };
  },
};

function measurePlanning(): Table {
  const random = createRandom(IMAGES);
  const parents = Array.from({ length: IMAGES }, (_, i) => (i === 0 ? undefined : Math.floor(random() * i)));
  const entries = parents.map((parent, i) => [
    `image-${i}`,
    {
      image_name: `registry.example/stack/image-${i}`,
      ...(parent !== undefined && { depend_on: `image-${parent}` }),
    },
  ]);
  const json = JSON.stringify({ images: Object.fromEntries(entries), tag: { prefix: '2026.3' } });
  const lines = parents.flatMap((parent, i) => [
    `  image-${i}:`,
    `    image_name: registry.example/stack/image-${i}`,
    ...(parent === undefined ? [] : [`    depend_on: image-${parent}`]),
  ]);
  const yaml = `images:\n${lines.join('\n')}\ntag:\n  prefix: "2026.3"\n`;
  const read = () => {
    const reading = readSpec(yaml, { path: 'images/spec.yml' });
    if ('mistakes' in reading) throw new Error(`Cannot read the tree: ${reading.mistakes[0]?.message}`);
    return reading.images;
  };
  const images = read();
  const files = Array.from(
    { length: CHANGED },
    () => `images/image-${Math.floor(random() * IMAGES)}/Dockerfile`,
  );
  const branch = branchTag('feature/x', { prefix: '2026.3' });
  const plan = () =>
    planImages({
      images,
      change: { branch: 'feature/x', isDefault: false, isFirst: false, messages: ['work'], files },
      rules: { buildAll: ['images/spec.yml'], ignore: [] },
      tag: branch.kind === 'tag' ? branch.tag : '',
    });
  const contenders: Readonly<Record<string, () => unknown>> = {
    'JSON.parse of the same tree': () => JSON.parse(json),
    'bare walk, breadth first': () => walk(parents),
    'headway: the plan': plan,
    'headway: spec.yml to images': read,
  };
  const times = new Map<string, number[]>(Object.keys(contenders).map(name => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, act] of Object.entries(contenders)) {
      const start = performance.now();
      act();
      times.get(name)?.push(performance.now() - start);
    }
  }
  const base = median(times.get('JSON.parse of the same tree') ?? []);
  return {
    title: `${IMAGES.toLocaleString('en')} images, ${CHANGED} changed files, ${plan().builds.length.toLocaleString('en')} to build; ${ROUNDS} rounds in turn`,
    rows: [...times].map(([what, all]) => ({
      what,
      'median ms': median(all),
      'first ms': all[0],
      'of JSON.parse': median(all) / base,
    })),
  };
}

/** What any answer has to do at least: reach every image once. */
function walk(parents: readonly (number | undefined)[]): number[] {
  const children: number[][] = parents.map(() => []);
  for (const [image, parent] of parents.entries()) if (parent !== undefined) children[parent]?.push(image);
  const order = [0];
  for (let next = 0; next < order.length; next++) order.push(...(children[order[next] ?? 0] ?? []));
  return order;
}
