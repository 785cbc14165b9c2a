import test from 'ava';
import type { Branch } from '../../shared/domain/documents/branch.ts';
import type { Relation } from '../../shared/domain/order/relations.ts';
import {
  type HeadMove,
  judgePush,
  leavesDoubt,
  type PushVerdict,
} from '../../shared/domain/pushes/judge-push.ts';
import { at, sha } from '../helpers/a-document.ts';

const main: Branch = { repo: 'shop', branch: 'main', head: sha('c3'), epoch: 2, place: 3, updatedAt: at() };
const push = (before: string, after: string, more: Partial<HeadMove> = {}): HeadMove => ({
  before: sha(before),
  after: sha(after),
  forced: false,
  ...more,
});

/** The pushed commit seen from our head and from the forge's, and our head seen from the forge's. */
type Facts = readonly [toKnownHead: Relation, toForgeHead: Relation, knownToForgeHead: Relation];

const judges = test.macro({
  exec(t, branch: Branch | undefined, move: HeadMove, facts: Facts | undefined, expected: PushVerdict) {
    t.is(leavesDoubt(branch, move), facts !== undefined, 'whether the forge is asked');
    const [toKnownHead = 'unknown', toForgeHead = 'unknown', knownToForgeHead = 'unknown'] = facts ?? [];
    const told = { toKnownHead: { relation: toKnownHead, distance: 4 }, toForgeHead, knownToForgeHead };
    t.deepEqual(judgePush(branch, move, facts && told), expected);
  },
  title: name => `judgePush(): ${name}`,
});

test('the first push of a branch begins its order', judges, undefined, push('c2', 'c3'), undefined, {
  kind: 'first',
  place: { epoch: 1, place: 1 },
});
test('a push onto our head is the next place', judges, main, push('c3', 'c4'), undefined, {
  kind: 'advanced',
  place: { epoch: 2, place: 4 },
});
test(
  'places count commits, so that their difference tells the distance',
  judges,
  main,
  push('c3', 'c9', { size: 6 }),
  undefined,
  {
    kind: 'advanced',
    place: { epoch: 2, place: 9 },
  },
);
test(
  'a push that told of no commit is one place further all the same',
  judges,
  main,
  push('c3', 'c4', { size: 0 }),
  undefined,
  {
    kind: 'advanced',
    place: { epoch: 2, place: 4 },
  },
);
test('our head once more is nothing new', judges, main, push('c2', 'c3'), undefined, { kind: 'same' });
test(
  'our head once more is nothing new, forced or not',
  judges,
  main,
  push('c2', 'c3', { forced: true }),
  undefined,
  {
    kind: 'same',
  },
);
test(
  'a push that overtook another is newer by what the forge says',
  judges,
  main,
  push('c4', 'c7'),
  ['newer', 'same', 'older'],
  {
    kind: 'advanced',
    place: { epoch: 2, place: 7 },
  },
);
test(
  'a push that others have overtaken is late',
  judges,
  main,
  push('c0', 'c1'),
  ['older', 'older', 'same'],
  {
    kind: 'late',
  },
);
test(
  'a push beside our head is late as long as the forge has our head',
  judges,
  main,
  push('c0', 'd1', { forced: true }),
  ['diverged', 'diverged', 'older'],
  {
    kind: 'late',
  },
);
test(
  'a forced push begins a new epoch',
  judges,
  main,
  push('c3', 'd1', { forced: true }),
  ['diverged', 'same', 'diverged'],
  {
    kind: 'rewritten',
    place: { epoch: 3, place: 1 },
  },
);
test(
  'a branch set back begins a new epoch',
  judges,
  main,
  push('c3', 'c1', { forced: true }),
  ['older', 'same', 'newer'],
  {
    kind: 'rewritten',
    place: { epoch: 3, place: 1 },
  },
);
test(
  'a later head of a rewritten history begins the epoch when it comes first',
  judges,
  main,
  push('d1', 'd2'),
  ['diverged', 'older', 'diverged'],
  {
    kind: 'rewritten',
    place: { epoch: 3, place: 1 },
  },
);
test(
  'a push that says forced and is not rewrites nothing',
  judges,
  main,
  push('c3', 'c4', { forced: true }),
  ['newer', 'same', 'older'],
  {
    kind: 'advanced',
    place: { epoch: 2, place: 7 },
  },
);
test(
  'a push of a history that was given up twice is abandoned',
  judges,
  main,
  push('c3', 'd1', { forced: true }),
  ['diverged', 'diverged', 'diverged'],
  {
    kind: 'abandoned',
  },
);
test(
  'unknown is not different: the forge does not know the pushed commit',
  judges,
  main,
  push('c4', 'c5'),
  ['unknown', 'unknown', 'same'],
  {
    kind: 'unknown',
  },
);
test(
  'unknown is not different: the forge no longer knows our head',
  judges,
  main,
  push('c3', 'd1', { forced: true }),
  ['diverged', 'same', 'unknown'],
  {
    kind: 'unknown',
  },
);

test('judgePush(): without an answer of the forge a doubt stays a doubt', t => {
  t.deepEqual(judgePush(main, push('c4', 'c5')), { kind: 'unknown' });
});
