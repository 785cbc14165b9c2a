import test from 'ava';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { judgeMove, recordMoved } from '../../shared/domain/tags/judge-move.ts';
import { isOurs, judgeReading, REGISTRY } from '../../shared/domain/tags/judge-reading.ts';
import { aTag, at, candidateOf, digest, NOW, sha, standingOn } from '../helpers/a-document.ts';

const claim = { by: 'w', until: at(30) };
const behind: Partial<Tag> = { wanted: standingOn('c2'), observed: standingOn('c1'), due: at() };
const settled: Partial<Tag> = { wanted: standingOn('c1'), observed: standingOn('c1') };
const held = { by: 'ada', why: 'a demonstration', since: at(-60) };

const leaves = test.macro({
  exec(t, tag: Partial<Tag> | undefined, due: string | undefined | 'as it is') {
    const verdict = judgeMove(tag && aTag(tag), claim, NOW);
    t.is(verdict.kind, 'leave');
    if (due === 'as it is') t.is(verdict.tag, undefined);
    else t.is(verdict.tag?.due, due);
  },
  title: name => `judgeMove(): leaves ${name}`,
});
test('a tag that is not there', leaves, undefined, 'as it is');
test('a tag that is where it should be', leaves, settled, 'as it is');
test(
  'a tag that somebody else is moving',
  leaves,
  { ...behind, claim: { by: 'x', until: at(1) } },
  'as it is',
);
test('a tag that is held, and looks again later', leaves, { ...behind, hold: held }, at(60));
test('a tag with nothing to do, and is due no more', leaves, { ...settled, due: at(-5) }, undefined);
test(
  'a tag whose mover died after its work, and lets go of the claim',
  leaves,
  { ...settled, claim: { by: 'x', until: at(-1) }, due: at(-1) },
  undefined,
);

test('judgeMove(): claims the move and notes the digest before it acts', t => {
  const verdict = judgeMove(aTag({ ...behind, attempted: [digest('c0')] }), claim, NOW);
  t.like(verdict, { kind: 'move', to: { commit: sha('c2') } });
  t.like(verdict.tag, { claim, due: at(30), attempted: { 0: digest('c0'), 1: digest('c2'), length: 2 } });
});

test('judgeMove(): takes over from a worker that died', t => {
  t.is(judgeMove(aTag({ ...behind, claim: { by: 'x', until: at(-1) } }), claim, NOW).kind, 'move');
});

test('recordMoved(): what was done is observed, told in the ledger with its reason, and lets go', t => {
  const to = { ...standingOn('c2'), why: 'a newer commit' };
  const tag = aTag({
    ...behind,
    wanted: to,
    claim,
    attempted: [digest('c2')],
    attempts: 2,
    lastError: 'no route',
  });
  const done = recordMoved(tag, to, { by: 'w', now: NOW });
  t.like(done.tag, {
    observed: { commit: sha('c2'), digest: digest('c2'), at: at() },
    claim: undefined,
    attempted: { length: 0 },
    attempts: 0,
    lastError: undefined,
    due: undefined,
  } as object);
  t.like(done.move, {
    verdict: 'moved',
    reason: 'a newer commit',
    from: { commit: sha('c1') },
    to: { commit: sha('c2') },
  });
});

test('recordMoved(): when the wish has moved on meanwhile, the tag is due now', t => {
  const tag = aTag({ ...behind, wanted: standingOn('c3'), claim });
  t.like(recordMoved(tag, standingOn('c2'), { by: 'w', now: NOW }).tag, {
    due: at(),
    observed: { commit: sha('c2') },
  });
});

test('recordMoved(): whoever lost the claim records nothing', t => {
  const tag = aTag({ ...behind, claim: { by: 'x', until: at(30) } });
  t.deepEqual(recordMoved(tag, standingOn('c2'), { by: 'w', now: NOW }), { tag });
});

test('recordMoved(): somebody who pushed the tag meanwhile is still to be looked at', t => {
  const tag = aTag({ ...behind, claim, look: at() });
  t.is(recordMoved(tag, standingOn('c2'), { by: 'w', now: NOW }).tag.due, at());
});

test('isOurs(): what headway saw, wants, or may have put there in an act whose end it did not see', t => {
  const tag = aTag({ ...behind, attempted: [digest('c5')] });
  t.deepEqual(
    ['c1', 'c2', 'c5', 'c9'].map(word => isOurs(tag, digest(word))),
    [true, true, true, false],
  );
});

const read = (tag: Partial<Tag>, word: string | undefined, commit?: string) =>
  judgeReading(
    aTag(tag),
    word === undefined ? undefined : { digest: digest(word), commit: commit && sha(commit) },
    NOW,
  );

test('judgeReading(): ours, or nothing there, is no word of anybody', t => {
  for (const word of ['c1', 'c2', undefined]) {
    t.like(read({ ...behind, look: at() }, word), {
      moved: false,
      move: undefined,
      tag: { look: undefined, sequence: 0 },
    } as object);
  }
});

test('judgeReading(): somebody moved the tag to a known image, and headway goes on from there', t => {
  const { tag, move, moved } = read(behind, 'c5', 'c5');
  t.true(moved);
  t.like(move, {
    verdict: 'moved',
    reason: 'somebody moved prod outside headway',
    from: { commit: sha('c1') },
    to: { commit: sha('c5') },
  });
  t.like(tag, { wanted: { commit: sha('c5') }, observed: { commit: sha('c5') }, due: at() });
  t.deepEqual(
    tag.candidates.map(({ commit, digest }) => ({ commit, digest })),
    [candidateOf('c2')],
    'what was wanted is judged again',
  );
});

test('judgeReading(): somebody moved the tag to an image that nobody knows, and it waits, told once', t => {
  const { tag, move, moved } = read(behind, 'stranger');
  t.false(moved);
  t.like(move, { verdict: 'waiting', to: { digest: digest('stranger') } });
  t.like(tag, { hold: { by: REGISTRY }, observed: { commit: sha('c1') }, due: at(60) });
  const again = judgeReading(tag, { digest: digest('stranger') }, NOW);
  t.is(again.move, undefined);
  t.is(again.tag.due, at(60), 'but it is looked at again');
  t.like(judgeReading(tag, { digest: digest('other') }, NOW).move, { sequence: 2 });
});

test('judgeReading(): a tag that came back from an image that nobody knows goes on', t => {
  const { tag } = read(behind, 'stranger');
  t.like(judgeReading(tag, { digest: digest('c1') }, NOW).tag, { hold: undefined, due: at() } as object);
});

test('judgeReading(): holds hold: what is found in the registry lifts no hold of a person', t => {
  for (const [word, commit] of [['c1'], ['stranger'], ['c5', 'c5']] as const)
    t.deepEqual(read({ ...behind, hold: held }, word, commit).tag.hold, held);
});

test('judgeReading(): a tag that headway never set is not held up by what it finds there', t => {
  t.like(read({ look: at() }, 'stranger'), {
    move: undefined,
    moved: false,
    tag: { look: undefined, due: undefined },
  } as object);
});

test('judgeReading(): a tag that others move is followed, once for each move', t => {
  const follows = undefined;
  const { tag, move, moved } = read({ follows, look: at(), due: at() }, 'one');
  t.true(moved);
  t.like(move, { verdict: 'moved', from: undefined, reason: 'prod was pushed to the registry' } as object);
  t.like(tag, { observed: { digest: digest('one') }, due: undefined } as object);
  t.like(judgeReading(tag, { digest: digest('one') }, NOW), { moved: false, move: undefined } as object);
  t.like(judgeReading(tag, undefined, NOW), { moved: false, tag: { observed: { digest: digest('one') } } });
});
