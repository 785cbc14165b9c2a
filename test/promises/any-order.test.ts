import test from 'ava';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { createFaults } from '../helpers/world/faults.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import {
  deliverNotice,
  deliverPush,
  noticeOf,
  pushOf,
  shopConfiguration,
  truthOf,
} from '../helpers/world/shop.ts';
import { createSurroundings, startLife } from '../helpers/world/world.ts';

const COMMITS = ['c1', 'c2', 'c3', 'c4', 'c5'];
const IMAGES = ['web', 'api'];
const NOTICES = IMAGES.flatMap(image => COMMITS.map(commit => ({ image, commit })));
const ALL = (1 << NOTICES.length) - 1;

/**
 * Walks every set of notices that can have arrived, from every set with one fewer: whatever order they come in
 * leads along these steps. Each set must be reached in one and the same state, so that every order has one end.
 */
test('Any order, one end: every order of the notices of 5 commits of 2 images', async t => {
  const shop = await openShop();
  const states = new Map([[0, shop.capture()]]);
  const truths = new Map([[0, shop.truth()]]);
  const elsewhere: string[] = [];
  let steps = 0;
  for (const [set, i] of everyStep()) {
    shop.restore(states.get(set));
    const next = set | (1 << i);
    const status = await shop.notice(i);
    const truth = shop.truth();
    const expected = truths.get(next) ?? truth;
    truths.set(next, expected);
    states.set(next, states.get(next) ?? shop.capture());
    if (truth !== expected) elsewhere.push(`notice ${i} after set ${set}: ${truth}`);
    if (status !== (next === set ? 200 : 202)) elsewhere.push(`notice ${i} after set ${set}: ${status}`);
    steps += 1;
  }
  t.deepEqual(elsewhere, []);
  t.is(steps, 10 * 2 ** 10);
  t.is(shop.steppedBack(), 0, 'prod never stepped back');
  const end = JSON.parse(truths.get(ALL) ?? '{}');
  for (const image of IMAGES) {
    t.is(end.registry[`registry.example/shop/${image}:prod`], digestOf(image, 'c5'));
    t.is(end.running[image], digestOf(image, 'c5'));
  }
});

/** Every set of notices, smaller ones first, with every notice that may come next: one of the set comes again. */
function* everyStep(): Generator<[set: number, notice: number]> {
  for (let set = 0; set <= ALL; set++) {
    for (const i of NOTICES.keys()) yield [set, i];
  }
}

/** A shop whose commits were all pushed and whose images are all in the registry; only the notices are still to come. */
async function openShop() {
  const history = Object.fromEntries(COMMITS.map((commit, i) => [commit, COMMITS.slice(i - 1, i)]));
  const around = createSurroundings(history);
  const documents = createMemoryDocuments();
  const configuration = shopConfiguration('none');
  const life = await startLife(around, { documents, configuration, faults: createFaults({}), worker: 'w' });
  const places = new Map(
    NOTICES.map(({ image, commit }) => [digestOf(image, commit), COMMITS.indexOf(commit)]),
  );
  let steppedBack = 0;
  around.registry.onRetag = (_, from, to) => {
    if (from !== undefined && (places.get(from) ?? 0) >= (places.get(to) ?? 0)) steppedBack += 1;
  };
  for (const { image, commit } of NOTICES) {
    const at = { registry: 'registry.example', repository: `shop/${image}`, tag: shaOf(commit) };
    around.registry.push(at, digestOf(image, commit));
  }
  await life.adopt();
  for (const [i, commit] of COMMITS.entries()) {
    around.forge.setHead('main', shaOf(commit));
    await deliverPush(life.hooks, `push-${i}`, pushOf(COMMITS[i - 1], commit));
    await life.sweep();
    await life.idle();
  }
  const capture = () => ({
    documents: documents.snapshot(),
    tags: around.registry.tags(),
    running: around.target.running(),
  });
  return {
    capture,
    truth: () => JSON.stringify(truthOf(documents.snapshot(), around)),
    steppedBack: () => steppedBack,
    restore(state: ReturnType<typeof capture> | undefined) {
      if (state === undefined) throw new Error('this set of notices was not reached');
      documents.restore(state.documents);
      around.registry.restore(state.tags);
      around.target.restore(state.running);
    },
    /** Delivers a notice and waits for all that follows; gives the status that it was answered with. */
    async notice(i: number): Promise<number> {
      const { image, commit } = NOTICES[i] ?? { image: '', commit: '' };
      const answer = await deliverNotice(
        life.hooks,
        noticeOf(image, commit, { digest: digestOf(image, commit) }),
      );
      await life.idle();
      return answer.status;
    },
  };
}
