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

/**
 * Walks every set of notices that can have arrived, from every set with one fewer: whatever order they come in
 * leads along these steps. Each set must be reached in one and the same state, so that every order has one end.
 */
test('Any order, one end: every order of the notices of 5 commits of 2 images', async t => {
  const history = Object.fromEntries(COMMITS.map((commit, i) => [commit, COMMITS.slice(i - 1, i)]));
  const around = createSurroundings(history);
  const documents = createMemoryDocuments();
  const life = await startLife(around, {
    documents,
    configuration: shopConfiguration('none'),
    faults: createFaults({}),
    worker: 'w',
  });
  let steppedBack = 0;
  const placeOf = new Map(
    NOTICES.map(({ image, commit }) => [digestOf(image, commit), COMMITS.indexOf(commit)]),
  );
  around.registry.onRetag = (_, from, to) => {
    if (from !== undefined && (placeOf.get(from) ?? 0) >= (placeOf.get(to) ?? 0)) steppedBack += 1;
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
  const states = new Map([[0, capture()]]);
  const truths = new Map([[0, JSON.stringify(truthOf(documents.snapshot(), around))]]);
  let steps = 0;
  for (let set = 0; set < 1 << NOTICES.length; set++) {
    const state = states.get(set);
    if (state === undefined) throw new Error(`set ${set} was not reached`);
    for (const [i, notice] of NOTICES.entries()) {
      documents.restore(state.documents);
      around.registry.restore(state.tags);
      around.target.restore(state.running);
      const answer = await deliverNotice(
        life.hooks,
        noticeOf(notice.image, notice.commit, { digest: digestOf(notice.image, notice.commit) }),
      );
      await life.idle();
      steps += 1;
      const next = set | (1 << i);
      const truth = JSON.stringify(truthOf(documents.snapshot(), around));
      if (answer.status !== (next === set ? 200 : 202))
        t.fail(`notice ${i} after set ${set} was answered ${answer.status}`);
      if (!states.has(next)) {
        states.set(next, capture());
        truths.set(next, truth);
      } else if (truths.get(next) !== truth) {
        t.is(truth, truths.get(next) ?? '', `notice ${i} after set ${set} led elsewhere`);
        return;
      }
    }
    if (set > 0) states.delete(set);
  }
  t.is(steps, 10 * 2 ** 10);
  t.is(steppedBack, 0, 'prod never stepped back');
  const end = JSON.parse(truths.get((1 << NOTICES.length) - 1) ?? '{}');
  for (const image of IMAGES) {
    t.is(end.registry[`registry.example/shop/${image}:prod`], digestOf(image, 'c5'));
    t.is(end.running[image], digestOf(image, 'c5'));
  }
});
