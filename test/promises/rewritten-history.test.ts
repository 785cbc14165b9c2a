import test from 'ava';
import { tags } from '../../shared/records/collections.ts';
import { createRecords, refTo } from '../../shared/records/records.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { unsettled } from '../helpers/world/line-of-five.ts';
import { createMemoryForge, type History, shaOf } from '../helpers/world/memory-forge.ts';
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
import { createSurroundings, type Surroundings } from '../helpers/world/world.ts';

/** `main` went c1-c2-c3-c4, was rewritten from c2 on, and went d3-d4-d5; `release` left it at c2. */
const HISTORY: History = {
  c1: [],
  c2: ['c1'],
  c3: ['c2'],
  c4: ['c3'],
  d3: ['c2'],
  d4: ['d3'],
  d5: ['d4'],
  r3: ['c2'],
  r4: ['r3'],
};
const HEADS = { main: ['c1', 'c2', 'c3', 'c4', 'd3', 'd4', 'd5'], release: ['r3', 'r4'] } as const;
const COMMITS = Object.keys(HISTORY);
const GRAPH = createMemoryForge(HISTORY);
const commitOf = new Map(COMMITS.map(commit => [digestOf('jobs', commit), commit]));

/** The forge has what it tells of; webhooks and builders may be as late as they like. */
function factsOf({ forge }: Surroundings): Fact[] {
  const ahead = { main: -1, release: -1 };
  const reach = (branch: 'main' | 'release', commit: string) => {
    ahead[branch] = Math.max(ahead[branch], (HEADS[branch] as readonly string[]).indexOf(commit));
    forge.setHead(branch, shaOf(HEADS[branch][ahead[branch]] ?? ''));
  };
  const pushes = (['main', 'release'] as const).flatMap(branch =>
    HEADS[branch].map((commit, i): Fact => {
      const before = HEADS[branch][i - 1];
      const forced = before !== undefined && HISTORY[commit]?.includes(before) !== true;
      const payload = pushOf(before, commit, { ref: `refs/heads/${branch}`, forced });
      return {
        id: `push ${commit}`,
        deliver(hooks) {
          reach(branch, commit);
          return deliverPush(hooks, `push-${commit}`, payload);
        },
      };
    }),
  );
  const notices = COMMITS.map((commit): Fact => {
    const payload = noticeOf('jobs', commit, { digest: digestOf('jobs', commit) });
    return {
      id: `notice ${commit}`,
      deliver(hooks) {
        reach(commit.startsWith('r') ? 'release' : 'main', commit);
        return deliverNotice(hooks, payload);
      },
    };
  });
  return [...pushes, ...notices];
}
const IDS = factsOf(createSurroundings(HISTORY)).map(({ id }) => id);

/** What was so before the history was rewritten: half of the time prod is on it when that happens. */
const BEFORE = IDS.filter(id => id.includes(' c'));

async function live(plan: Plan, onRewrite: 'wait' | 'follow') {
  const around = createSurroundings(HISTORY);
  for (const commit of COMMITS) {
    const at = { registry: 'registry.example', repository: 'shop/jobs', tag: shaOf(commit) };
    around.registry.push(at, digestOf('jobs', commit));
  }
  const steps: Promise<string | undefined>[] = [];
  around.registry.onRetag = (name, from, to) =>
    void steps.push(
      judgeStep(around, onRewrite, { name, from: commitOf.get(from ?? ''), to: commitOf.get(to) ?? '' }),
    );
  const lts = { target: 'place', image: 'jobs', tag: 'lts' };
  const more = {
    tags: { prod: { images: ['jobs'] }, lts: { images: ['jobs'], branch: 'release' } },
    services: { web: lts, api: lts },
  };
  const configuration = shopConfiguration('none', { onRewrite, more });
  const documents = createMemoryDocuments();
  const open = () => ({ documents, close: async () => {} });
  const acknowledged = await runPlan(plan, { facts: factsOf(around), around, configuration, open });
  const snapshot = documents.snapshot();
  const records = createRecords(documents);
  const { builds, branches, ...rest } = truthOf(snapshot, around);
  return {
    wrong: (await Promise.all(steps)).filter(step => step !== undefined),
    acknowledged: acknowledged.size,
    unsettled: unsettled(snapshot),
    built: JSON.stringify({ builds, branches }),
    end: JSON.stringify(rest, null, 1),
    prod: await records.get(refTo(tags, 'jobs', 'prod')),
    lts: await records.get(refTo(tags, 'jobs', 'lts')),
  };
}

type Step = { readonly name: string; readonly from: string | undefined; readonly to: string };

/** What is wrong about a move, if anything: sideways or back, or onto a commit of another branch. */
async function judgeStep({ forge }: Surroundings, onRewrite: 'wait' | 'follow', { name, from, to }: Step) {
  const branch = name.endsWith(':prod') ? 'main' : 'release';
  const foreign = branch === 'main' ? to.startsWith('r') : /^[cd]/.test(to) && !['c1', 'c2'].includes(to);
  if (foreign) return `${name} took ${to}, which is not on ${branch}`;
  if (from === undefined) return undefined;
  const head = (await forge.head('shop', branch)) ?? '';
  const { relation } = await GRAPH.compare('shop', shaOf(to), shaOf(from));
  if (relation === 'newer') return undefined;
  const { relation: left } = await GRAPH.compare('shop', shaOf(from), head);
  const givenUp = left !== 'same' && left !== 'older';
  return onRewrite === 'follow' && givenUp ? undefined : `${name} went from ${from} to ${to}`;
}

const kept = { wrong: [], acknowledged: IDS.length, unsettled: [] };

test('Forward only, under rewritten history and with several branches (onRewrite: follow): one end, in any order', async t => {
  const { built, end } = await live(orderly(IDS), 'follow');
  t.true(end.includes(digestOf('jobs', 'd5')) && end.includes(digestOf('jobs', 'r4')));
  await onSchedules(IDS, { share: 1 / 4, first: BEFORE }, async plan => {
    const { prod: _, lts: __, ...lived } = await live(plan, 'follow');
    t.deepEqual(lived, { ...kept, built, end });
  });
});

test('Forward only, under rewritten history and with several branches (onRewrite: wait): the new history waits visibly', async t => {
  const { built } = await live(orderly(IDS), 'wait');
  await onSchedules(IDS, { share: 1 / 4, first: BEFORE }, async plan => {
    const { prod, lts, end: _, ...lived } = await live(plan, 'wait');
    t.deepEqual(lived, { ...kept, built });
    t.is(lts?.observed?.commit, shaOf('r4'));
    const waits = prod?.candidates.find(({ commit }) => commit === shaOf('d5'))?.waits ?? '';
    t.true(
      prod?.observed?.commit === shaOf('d5') || waits.includes('a person must accept it'),
      JSON.stringify(prod),
    );
  });
});
