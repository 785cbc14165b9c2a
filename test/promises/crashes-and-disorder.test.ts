import test from 'ava';
import fc from 'fast-check';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { type History, shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { type Fact, runSchedule, type Schedule } from '../helpers/world/run-schedule.ts';
import {
  deliverNotice,
  deliverPush,
  noticeOf,
  pushOf,
  shopConfiguration,
  truthOf,
} from '../helpers/world/shop.ts';
import { createSurroundings } from '../helpers/world/world.ts';

/** A line of five commits, the third a merge of a side branch whose images were built too. */
const HISTORY: History = { c1: [], c2: ['c1'], side: ['c1'], c3: ['c2', 'side'], c4: ['c3'], c5: ['c4'] };
const LINE = ['c1', 'c2', 'c3', 'c4', 'c5'];
const RUNS = Number(process.env['HEADWAY_SCHEDULES'] ?? 1_500);

/** `HEADWAY_SEED=seed::path` lives through a schedule that failed once more. */
const [seed, path] = (process.env['HEADWAY_SEED'] ?? '').split('::');
const REPLAY =
  seed === '' || seed === undefined ? {} : { seed: Number(seed), ...(path !== undefined && { path }) };

/** What somebody else builds: every commit, the side branch too, and the last one twice. */
const ELSEWHERE = [...LINE, 'side']
  .map(commit => ({ commit, build: '1' }))
  .concat({ commit: 'c5', build: '2' });

const FACTS: readonly Fact[] = [
  ...LINE.map((commit, i): Fact => {
    const payload = pushOf(LINE[i - 1], commit);
    return { id: `push ${commit}`, deliver: hooks => deliverPush(hooks, `push-${commit}`, payload) };
  }),
  ...ELSEWHERE.map(({ commit, build }): Fact => {
    const payload = noticeOf('jobs', commit, {
      digest: digestOf('shop/jobs', commit, build),
      build_id: build,
      started_at: `2026-03-01T0${build}:00:00Z`,
    });
    return { id: `notice ${commit} ${build}`, deliver: hooks => deliverNotice(hooks, payload) };
  }),
];

const schedules: fc.Arbitrary<Schedule> = fc.record({
  arrivals: fc.shuffledSubarray([...FACTS, ...FACTS], { minLength: 2 * FACTS.length }),
  seed: fc.integer({ min: 1 }),
  crashes: fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 4 }),
  atOnce: fc.integer({ min: 1, max: 6 }),
});

/** What everything must come to, from a life without haste, disorder or crash. */
async function orderlyEnd(): Promise<string> {
  return (await live({ arrivals: FACTS, seed: 1, crashes: [], atOnce: 1 })).truth;
}

async function live(schedule: Schedule) {
  const around = createSurroundings(HISTORY);
  around.forge.setHead('main', shaOf('c5'));
  for (const { commit, build } of ELSEWHERE) {
    const at = { registry: 'registry.example', repository: 'shop/jobs', tag: `${commit}-${build}` };
    around.registry.push(at, digestOf('shop/jobs', commit, build));
  }
  const back: string[] = [];
  const ranks = ranksOf();
  around.registry.onRetag = (name, from, to) => {
    if (from !== undefined && (ranks.get(from) ?? -1) > (ranks.get(to) ?? -1))
      back.push(`${name}: ${from} -> ${to}`);
  };
  const documents = createMemoryDocuments();
  const open = () => ({ documents, close: async () => {} });
  const acknowledged = await runSchedule(schedule, { around, configuration: shopConfiguration(), open });
  const snapshot = documents.snapshot();
  const unsettled = Object.entries(snapshot).filter(
    ([path, { status }]) => path.startsWith('deliveries/') && (status === 'waiting' || status === 'failed'),
  );
  return {
    truth: JSON.stringify(truthOf(snapshot, around), null, 1),
    back,
    acknowledged,
    unsettled,
    snapshot,
  };
}

/** The place in the line of every digest that a build may have. */
function ranksOf(): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const [rank, commit] of LINE.entries()) {
    const base = digestOf('shop/base', shaOf(commit), '');
    for (const image of ['web', 'api']) {
      ranks.set(digestOf(`shop/${image}`, shaOf(commit), `registry.example/shop/base@${base}`), rank);
    }
    ranks.set(digestOf('shop/jobs', commit, '1'), rank);
  }
  return ranks.set(digestOf('shop/jobs', 'c5', '2'), LINE.length);
}

test('Nothing acknowledged is lost, repeats are harmless, any order has one end: random schedules with crashes', async t => {
  const end = await orderlyEnd();
  t.true(end.includes(`"commit": "${shaOf('c5')}"`));
  await fc.assert(
    fc.asyncProperty(schedules, async schedule => {
      const lived = await live(schedule);
      const { back, acknowledged, unsettled, truth } = lived;
      t.like(
        { back, acknowledged: acknowledged.size, unsettled, truth },
        { back: [], acknowledged: FACTS.length, unsettled: [], truth: end },
      );
    }),
    { numRuns: RUNS, endOnFailure: true, ...REPLAY },
  );
});
