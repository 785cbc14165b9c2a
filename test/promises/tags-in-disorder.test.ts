import test from 'ava';
import type { Snapshot } from '../helpers/memory-documents.ts';
import { inMemory, unsettled } from '../helpers/world/line-of-five.ts';
import { type History, shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import type { Fact } from '../helpers/world/run-schedule.ts';
import { onSchedules, orderly, type Plan, runPlan } from '../helpers/world/schedules.ts';
import {
  deliverNotice,
  deliverPush,
  noticeOf,
  pushOf,
  shopConfiguration,
  truthOf,
} from '../helpers/world/shop.ts';
import { createSurroundings } from '../helpers/world/world.ts';

const LINE = ['c1', 'c2', 'c3', 'c4', 'c5'];
const HISTORY: History = { c1: [], c2: ['c1'], c3: ['c2'], c4: ['c3'], c5: ['c4'] };
/** The last whole commit is c3: of the two after it only one image is ever built. */
const BUILT = { web: LINE, api: LINE.slice(0, 3) };
const GIT_TAGS = {
  'release-1': 'c2',
  'release-3': 'c4',
  'release-2': 'c3',
  nightly: 'c5',
  'v1.0.0': 'c1',
  'v1.1.0': 'c4',
  'v1.2.0': 'c3',
  'v1.3.0-rc.1': 'c5',
};
/** What each tag of web comes to, and how far along its rule each commit is. */
const RULES: Readonly<Record<string, { readonly end: string; readonly order: readonly string[] }>> = {
  prod: { end: 'c5', order: LINE },
  stack: { end: 'c3', order: LINE },
  release: { end: 'c4', order: LINE },
  v1: { end: 'c3', order: ['c1', 'c4', 'c3'] },
};

const configuration = shopConfiguration('none', {
  more: {
    tags: {
      prod: { images: ['web'] },
      stack: { images: ['web', 'api'], whole: true },
      release: { images: ['web'], follows: 'git-tag', pattern: 'release-*' },
      v1: { images: ['web'], follows: 'semver' },
    },
    services: {
      api: { target: 'place', image: 'api', tag: 'stack' },
      jobs: { target: 'place', image: 'web', tag: 'release' },
    },
  },
});

const FACTS: readonly Fact[] = [
  ...LINE.map((commit, i): Fact => {
    const payload = pushOf(LINE[i - 1], commit);
    return { id: `push ${commit}`, deliver: hooks => deliverPush(hooks, `push-${commit}`, payload) };
  }),
  ...Object.entries(BUILT).flatMap(([image, commits]) =>
    commits.map((commit): Fact => {
      const payload = noticeOf(image, commit, { digest: digestOf(image, commit, '') });
      return { id: `notice ${image} ${commit}`, deliver: hooks => deliverNotice(hooks, payload) };
    }),
  ),
  ...Object.entries(GIT_TAGS).map(([name, commit]): Fact => {
    const payload = pushOf(undefined, commit, { ref: `refs/tags/${name}` });
    return { id: `tag ${name}`, deliver: hooks => deliverPush(hooks, `tag-${name}`, payload) };
  }),
];
const IDS = FACTS.map(({ id }) => id);

async function live(plan: Plan) {
  const around = createSurroundings(HISTORY);
  around.forge.setHead('main', shaOf('c5'));
  for (const [image, commits] of Object.entries(BUILT)) {
    for (const commit of commits) {
      const at = { registry: 'registry.example', repository: `shop/${image}`, tag: shaOf(commit) };
      around.registry.push(at, digestOf(image, commit, ''));
    }
  }
  const back: string[] = [];
  around.registry.onRetag = (name, from, to) => {
    const [, image = '', tag = ''] = /shop\/(\w+):(.+)$/.exec(name) ?? [];
    const { order } = RULES[tag] ?? { order: [] };
    const place = (digest: string) => order.findIndex(commit => digestOf(image, commit, '') === digest);
    if (from !== undefined && place(from) >= place(to)) back.push(`${name}: ${from} -> ${to}`);
  };
  const place = inMemory();
  const acknowledged = await runPlan(plan, { facts: FACTS, around, configuration, open: place.open });
  const snapshot: Snapshot = await place.snapshot();
  const served = around.registry.tags();
  const on = (image: string, tag: string) =>
    LINE.find(commit => digestOf(image, commit, '') === served[`registry.example/shop/${image}:${tag}`]);
  return {
    back,
    acknowledged: acknowledged.size,
    unsettled: unsettled(snapshot),
    ends: Object.fromEntries(Object.keys(RULES).map(tag => [tag, on('web', tag)])),
    api: on('api', 'stack'),
    truth: JSON.stringify(truthOf(snapshot, around), null, 1),
  };
}

test('Forward only, whole trees, and any order has one end, for tags that follow Git tags, versions and trees', async t => {
  const { truth } = await live(orderly(IDS));
  const expected = {
    back: [],
    acknowledged: FACTS.length,
    unsettled: [],
    ends: Object.fromEntries(Object.entries(RULES).map(([tag, { end }]) => [tag, end])),
    api: 'c3',
    truth,
  };
  await onSchedules(IDS, { share: 0.15 }, async plan => {
    t.deepEqual(await live(plan), expected);
  });
});
