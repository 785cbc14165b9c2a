import test from 'ava';
import type { Candidate, Tag } from '../../shared/domain/documents/tag.ts';
import type { Relation } from '../../shared/domain/order/relations.ts';
import { addCandidate, dueOfTag, isBehind, judgeTag } from '../../shared/domain/tags/judge-tag.ts';
import { aTag, at, candidateOf, NOW, sha, standingOn } from '../helpers/a-document.ts';

/** Facts on the line c1..c9: the later number is the newer commit, all of them on the branch. */
function factsFor(tag: Tag, commits = tag.candidates.map(({ commit }) => commit)) {
  const number = (commit: string) => LINE.findIndex(name => sha(name) === commit);
  const relation = (difference: number): Relation =>
    difference === 0 ? 'same' : difference > 0 ? 'newer' : 'older';
  const standing = tag.wanted?.commit;
  const ofCommit = commits.map(commit => {
    const difference = number(commit) - number(standing ?? '');
    const toStanding = { relation: relation(difference), distance: Math.abs(difference) };
    const facts = { toHead: 'older', standingToHead: 'older', ...(standing && { toStanding }) } as const;
    return [commit, facts] as const;
  });
  return { standing, ofCommit: new Map(ofCommit) };
}
const LINE = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9'];
const rules = { now: NOW, onRewrite: 'wait' } as const;

function judgeAll(tag: Tag) {
  const moves = [];
  for (let turns = 0; turns < 10; turns++) {
    const judged = judgeTag(tag, factsFor(tag), rules);
    moves.push(...judged.moves);
    tag = judged.tag;
    if (!judged.again) return { tag, moves };
  }
  throw new Error('it never ends');
}

const takes = test.macro({
  exec(
    t,
    standing: string | undefined,
    candidates: readonly string[],
    expected: string,
    refusals: readonly string[],
  ) {
    const on = standing === undefined ? {} : { wanted: standingOn(standing), observed: standingOn(standing) };
    const before = aTag({ ...on, candidates: candidates.map(name => candidateOf(name)) });
    const { tag, moves } = judgeAll(before);
    t.is(tag.wanted?.commit, sha(expected));
    t.deepEqual(tag.candidates, []);
    t.deepEqual(
      moves.map(({ to, reason }) => `${LINE.find(name => sha(name) === to.commit)}: ${reason}`),
      refusals,
    );
    t.deepEqual(
      moves.map(({ sequence }) => sequence),
      refusals.map((_, i) => i + 1),
      'numbered without a gap',
    );
    t.is(tag.sequence, refusals.length);
  },
  title: name => `judgeTag(): ${name}`,
});

test('SK-24: takes the newer one', takes, 'c1', ['c2'], 'c2', []);
test('of several newer ones takes the newest at once', takes, 'c1', ['c2', 'c4', 'c3'], 'c4', [
  'c2: prod is 2 commits ahead',
  'c3: prod is 1 commit ahead',
]);
test('SK-23: leaves a tag that is ahead where it is, and keeps the refusal', takes, 'c5', ['c3'], 'c5', [
  'c3: prod is 2 commits ahead',
]);
test('every refusal names what the tag is really on', takes, 'c1', ['c9', 'c2'], 'c9', [
  'c2: prod is 7 commits ahead',
]);
test('SK-22: what it stands on is dropped without a word', takes, 'c1', ['c1'], 'c1', []);
test('without a standing, whichever comes first leads to the newest', takes, undefined, ['c2', 'c3'], 'c3', [
  `c2: overtaken by ${sha('c3').slice(0, 7)} before prod moved`,
]);

test('judgeTag(): facts that were gathered for another standing decide nothing', t => {
  const tag = aTag({ wanted: standingOn('c5'), candidates: [candidateOf('c3')] });
  const old = factsFor({ ...tag, wanted: standingOn('c1') });
  t.deepEqual(judgeTag(tag, old, rules), { tag, moves: [], again: true });
});

test('judgeTag(): a candidate that came after the facts were gathered is judged in the next turn', t => {
  const tag = aTag({ wanted: standingOn('c5'), candidates: [candidateOf('c3'), candidateOf('c7')] });
  const judged = judgeTag(tag, factsFor(tag, [sha('c3')]), rules);
  t.true(judged.again);
  t.deepEqual(judged.tag.candidates, [candidateOf('c7')]);
});

test('judgeTag(): a candidate that waits is told so once in the ledger, however often it is judged', t => {
  const tag = aTag({ wanted: standingOn('c1'), candidates: [candidateOf('c2')] });
  const unknown = { toStanding: { relation: 'unknown' }, toHead: 'unknown' } as const;
  const facts = { standing: sha('c1'), ofCommit: new Map([[sha('c2'), unknown]]) };
  const once = judgeTag(tag, facts, rules);
  t.like(once.moves[0], { verdict: 'waiting', from: { commit: sha('c1') }, to: { commit: sha('c2') } });
  const twice = judgeTag(once.tag, facts, rules);
  t.deepEqual(twice.moves, []);
  t.deepEqual(twice.tag, once.tag);
});

test('judgeTag(): a wish that was overtaken before it was met is kept in the ledger', t => {
  const tag = aTag({ observed: standingOn('c1'), wanted: standingOn('c2'), candidates: [candidateOf('c3')] });
  const { moves } = judgeAll(tag);
  t.like(moves[0], { verdict: 'refused', to: { commit: sha('c2') }, sequence: 1 });
});

test('judgeTag(): one digest for two commits is one move more, so that the tag tells the newer commit', t => {
  const same = { ...candidateOf('c2'), digest: standingOn('c1').digest };
  const { tag, moves } = judgeAll(
    aTag({ wanted: standingOn('c1'), observed: standingOn('c1'), candidates: [same] }),
  );
  t.is(tag.wanted?.commit, sha('c2'));
  t.true(isBehind(tag));
  t.deepEqual(moves, []);
});

const due = test.macro({
  exec(t, tag: Partial<Tag>, expected: string | undefined) {
    t.is(dueOfTag(aTag(tag), NOW), expected);
  },
  title: name => `dueOfTag(): ${name}`,
});
const waits: Candidate = { ...candidateOf('c9'), waits: 'for a person' };
const settled = { wanted: standingOn('c1'), observed: standingOn('c1') };

test('a settled tag is due never', due, settled, undefined);
test('a tag that nothing asks for is due never', due, {}, undefined);
test(
  'a candidate that was not judged is due now',
  due,
  { ...settled, candidates: [candidateOf('c2')] },
  at(),
);
test('a wish that is not met is due now', due, { wanted: standingOn('c1') }, at());
test(
  'a wish that could not be met is due after a pause',
  due,
  { wanted: standingOn('c1'), attempts: 3 },
  at(4),
);
test(
  'a candidate that waits is looked at again, less and less often',
  due,
  { ...settled, candidates: [waits], attempts: 4 },
  at(8),
);
test(
  'a claim is due when it ends',
  due,
  { claim: { by: 'w', until: at(30) }, candidates: [candidateOf('c2')] },
  at(30),
);
test(
  'a claim that has ended holds up nothing',
  due,
  { claim: { by: 'w', until: at(-1) }, candidates: [candidateOf('c2')] },
  at(),
);
test(
  'a hold is looked at now and then, whatever is wanted',
  due,
  {
    wanted: standingOn('c1'),
    hold: { by: 'ada', why: 'a demonstration', since: at() },
  },
  at(60),
);
test('a tag that somebody pushed is due now', due, { ...settled, look: at() }, at());

test('addCandidate(): an image asks once, and what the tag stands on does not ask', t => {
  const tag = addCandidate(aTag({ wanted: standingOn('c1') }), candidateOf('c2'), NOW);
  t.like(tag, { candidates: [candidateOf('c2')], due: at() });
  t.is(addCandidate(tag, candidateOf('c2'), NOW), tag);
  t.is(addCandidate(tag, candidateOf('c1'), NOW), tag);
  t.is(
    addCandidate(tag, candidateOf('c2', { build: '2' }), NOW).candidates.length,
    2,
    'a rebuild is another image',
  );
});
