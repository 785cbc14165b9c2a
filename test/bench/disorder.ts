import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { createFaults } from '../helpers/world/faults.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { deliverNotice, deliverPush, noticeOf, pushOf, shopConfiguration } from '../helpers/world/shop.ts';
import { createSurroundings, startLife } from '../helpers/world/world.ts';
import type { Measure, Row } from './measure.ts';

const COMMITS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'];
const NEWEST = COMMITS.length - 1;
const IMAGE = 'web';
const TAG = `registry.example/shop/${IMAGE}:prod`;

/** What came of all orders; a step back is counted once for each order that takes it. */
type Tally = { orders: number; wrong: number; back: number };

export const disorder: Measure = {
  name: 'disorder',
  about: 'where prod ends when build notices arrive in every order',
  async run({ progress }) {
    const world = await shopWithPushes();
    const ours: Tally = { orders: 0, wrong: 0, back: 0 };
    const theirs: Tally = { orders: 0, wrong: 0, back: 0 };
    const walk = async (arrived: readonly number[], before: { ours: number; theirs: number }) => {
      if (arrived.length === COMMITS.length) {
        count(ours, world.place(), before.ours);
        count(theirs, arrived.at(-1), before.theirs);
        progress(`${ours.orders} orders`);
        return;
      }
      const state = world.capture();
      for (const next of COMMITS.keys()) {
        if (arrived.includes(next)) continue;
        world.restore(state);
        const back = await world.notice(next);
        const steppedBack = next < (arrived.at(-1) ?? -1) ? 1 : 0;
        await walk([...arrived, next], { ours: before.ours + back, theirs: before.theirs + steppedBack });
      }
    };
    await walk([], { ours: 0, theirs: 0 });
    const bad = ours.wrong > 0 || ours.back > 0;
    return {
      tables: [
        {
          title: `Every order of the notices of ${COMMITS.length} commits`,
          rows: [rowOf('headway', ours), rowOf('last writer wins', theirs)],
        },
      ],
      failures: bad
        ? [`headway ended wrong in ${ours.wrong} orders and stepped back ${ours.back} times`]
        : [],
    };
  },
};

/** Every function of headway over a forge that knows all commits, with every push delivered and no notice yet. */
async function shopWithPushes() {
  const around = createSurroundings(
    Object.fromEntries(COMMITS.map((commit, i) => [commit, COMMITS.slice(Math.max(0, i - 1), i)])),
  );
  const documents = createMemoryDocuments();
  const life = await startLife(around, {
    documents,
    configuration: shopConfiguration('none'),
    faults: createFaults({}),
    worker: 'bench',
  });
  const places = new Map(COMMITS.map((commit, i) => [digestOf(IMAGE, commit), i]));
  let back = 0;
  around.registry.onRetag = (_, from, to) => {
    if ((places.get(from ?? '') ?? -1) > (places.get(to) ?? -1)) back += 1;
  };
  await life.adopt();
  for (const [i, commit] of COMMITS.entries()) {
    const at = { registry: 'registry.example', repository: `shop/${IMAGE}`, tag: shaOf(commit) };
    around.registry.push(at, digestOf(IMAGE, commit));
    around.forge.setHead('main', shaOf(commit));
    await deliverPush(life.hooks, `push-${i}`, pushOf(COMMITS[i - 1], commit));
    await life.idle();
  }
  return {
    /** The place of the commit that prod is on. */
    place: () => places.get(around.registry.tags()[TAG] ?? ''),
    capture: () => ({
      documents: documents.snapshot(),
      tags: around.registry.tags(),
      running: around.target.running(),
    }),
    restore(state: { documents: ReturnType<typeof documents.snapshot>; tags: Names; running: Names }) {
      documents.restore(state.documents);
      around.registry.restore(state.tags);
      around.target.restore(state.running);
    },
    /** Delivers the notice of one commit; returns how often prod stepped back. */
    async notice(place: number): Promise<number> {
      const commit = COMMITS[place] ?? '';
      const before = back;
      await deliverNotice(life.hooks, noticeOf(IMAGE, commit, { digest: digestOf(IMAGE, commit) }));
      await life.idle();
      return back - before;
    },
  };
}
type Names = Readonly<Record<string, string>>;

function count(tally: Tally, end: number | undefined, back: number): void {
  tally.orders += 1;
  tally.back += back;
  if (end !== NEWEST) tally.wrong += 1;
}

function rowOf(who: string, { orders, wrong, back }: Tally): Row {
  return { who, orders, 'wrong ends': wrong, 'steps back': back };
}
