import type { Documents } from '../../../shared/ports/documents.ts';
import { createMemoryDocuments, type Snapshot } from '../memory-documents.ts';
import { type History, shaOf } from './memory-forge.ts';
import { digestOf } from './memory-registry.ts';
import type { Fact } from './run-schedule.ts';
import { orderly, type Plan, runPlan } from './schedules.ts';
import { deliverNotice, deliverPush, noticeOf, pushOf, shopConfiguration, truthOf } from './shop.ts';
import { createSurroundings } from './world.ts';

/** A line of five commits, the third a merge of a side branch whose images were built too. */
const HISTORY: History = { c1: [], c2: ['c1'], side: ['c1'], c3: ['c2', 'side'], c4: ['c3'], c5: ['c4'] };
const LINE = ['c1', 'c2', 'c3', 'c4', 'c5'];

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
export const FACTS_OF_LINE = FACTS.map(({ id }) => id);

/** Where the documents are kept: opened anew by each life, and read at the end. */
export type Place = {
  readonly open: () => { readonly documents: Documents; close(): Promise<void> };
  readonly snapshot: () => Promise<Snapshot> | Snapshot;
};

export function inMemory(): Place {
  const documents = createMemoryDocuments();
  return { open: () => ({ documents, close: async () => {} }), snapshot: documents.snapshot };
}

/** Lives through a plan on the line of five: what headway builds itself, and what others build. */
export async function liveOnLine(plan: Plan, place: Place, { hintsLost = false } = {}) {
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
  const configuration = shopConfiguration();
  const acknowledged = await runPlan(plan, {
    facts: FACTS,
    around,
    configuration,
    open: place.open,
    hintsLost,
  });
  const snapshot = await place.snapshot();
  return {
    /** Steps back that the registry has seen. */
    back,
    /** How many facts were answered with a 2xx. */
    acknowledged: acknowledged.size,
    /** Deliveries that were acknowledged and did not come to an end. */
    unsettled: unsettled(snapshot),
    truth: JSON.stringify(truthOf(snapshot, around), null, 1),
  };
}

/** What a life without haste, disorder or crash comes to: the last commit runs everywhere, its last build where it was built twice. */
export async function orderlyTruth(): Promise<string> {
  const { truth } = await liveOnLine(orderly(FACTS_OF_LINE), inMemory());
  const { running }: { running: Record<string, string> } = JSON.parse(truth);
  const ranks = ranksOf();
  const runs = ['api', 'jobs', 'web'].map(service => ranks.get(running[service] ?? ''));
  if (runs.join() !== [LINE.length - 1, LINE.length, LINE.length - 1].join()) {
    throw new Error(`Not even an orderly life comes to the end of the line: ${truth}`);
  }
  return truth;
}

/** What must be so after every plan, given what the orderly one came to. */
export function keptPromises(truth: string) {
  return { back: [], acknowledged: FACTS.length, unsettled: [], truth };
}

export function unsettled(snapshot: Snapshot): string[] {
  return Object.entries(snapshot).flatMap(([path, { status }]) =>
    path.startsWith('deliveries/') && (status === 'waiting' || status === 'failed') ? [path] : [],
  );
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
