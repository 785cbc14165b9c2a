import test from 'ava';
import type { Place } from '../../shared/domain/documents/commit.ts';
import { comparePlaces } from '../../shared/domain/order/places.ts';
import { inverse, isReachable, type Ordered } from '../../shared/domain/order/relations.ts';
import { createCommitOrder } from '../../shared/records/commit-order.ts';
import { createRecords } from '../../shared/records/records.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { createMemoryForge, shaOf } from '../helpers/world/memory-forge.ts';

const at = (place: number, epoch = 1): Place => ({ epoch, place });

const compares = test.macro({
  exec(t, a: Place | undefined, b: Place | undefined, expected: Ordered | undefined) {
    t.deepEqual(comparePlaces(a, b), expected);
    t.deepEqual(comparePlaces(b, a), expected && inverse(expected), 'the same fact from the other side');
  },
  title: name => `comparePlaces(): ${name}`,
});

test('one place is the same commit', compares, at(3), at(3), { relation: 'same' });
test('a later place is newer, by the commits between', compares, at(7), at(3), {
  relation: 'newer',
  distance: 4,
});
test('an earlier place is older', compares, at(1), at(2), { relation: 'older', distance: 1 });
test('nothing follows across rewritten histories', compares, at(1, 2), at(9, 1), undefined);
test('nothing follows from a commit that was never a head', compares, at(1), undefined, undefined);

test('isReachable(): only the head itself and what it descends from can be reached from it', t => {
  const reachable = (['same', 'newer', 'older', 'diverged', 'unknown'] as const).filter(isReachable);
  t.deepEqual(reachable, ['same', 'older']);
});

/** Main line c0-c1-c4-c5-c7-c8; the branch c1-c2-c3-c6, which c7 merges into c5. */
const GRAPH = {
  c0: [],
  c1: ['c0'],
  c2: ['c1'],
  c3: ['c2'],
  c4: ['c1'],
  c5: ['c4'],
  c6: ['c3'],
  c7: ['c5', 'c6'],
  c8: ['c7'],
};

const seenFrom = test.macro({
  async exec(t, from: keyof typeof GRAPH, to: keyof typeof GRAPH, relation: Ordered['relation']) {
    const records = createRecords(createMemoryDocuments());
    let asked = 0;
    const model = createMemoryForge(GRAPH);
    const forge = {
      ...model,
      compare: (...args: Parameters<typeof model.compare>) => {
        asked += 1;
        return model.compare(...args);
      },
    };
    const order = createCommitOrder({ records, forge });
    const pair = { repo: 'shop', a: shaOf(to), b: shaOf(from) };
    t.is((await order(pair)).relation, relation);
    t.is((await order(pair)).relation, relation, 'the kept answer');
    const back = await order({ repo: 'shop', a: pair.b, b: pair.a });
    t.is(back.relation, inverse({ relation }).relation, 'the kept answer, from the other side');
    t.true(asked <= 1, 'the forge is asked once');
  },
  title: (_, from, to, relation) =>
    `SK-8, with the whole ancestry instead of first parents: ${to} seen from ${from} is ${relation}`,
});

test(seenFrom, 'c0', 'c8', 'newer');
test(seenFrom, 'c0', 'c1', 'newer');
test(seenFrom, 'c1', 'c2', 'newer');
test(seenFrom, 'c1', 'c4', 'newer');
test(seenFrom, 'c5', 'c7', 'newer');
test(seenFrom, 'c2', 'c4', 'diverged');
test(seenFrom, 'c2', 'c7', 'newer');
test(seenFrom, 'c6', 'c7', 'newer');
test(seenFrom, 'c3', 'c8', 'newer');
test(seenFrom, 'c8', 'c1', 'older');
test(seenFrom, 'c7', 'c7', 'same');

test('An order that is unknown is not kept: the forge is asked again', async t => {
  const documents = createMemoryDocuments();
  const forge = createMemoryForge(GRAPH);
  const order = createCommitOrder({ records: createRecords(documents), forge });
  const pair = { repo: 'shop', a: shaOf('nowhere'), b: shaOf('c1') };
  t.deepEqual(await order(pair), { relation: 'unknown' });
  t.deepEqual(documents.snapshot(), {});
});
