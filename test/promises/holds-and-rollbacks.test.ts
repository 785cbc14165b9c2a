import test from 'ava';
import fc from 'fast-check';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { isReachable, type Relation } from '../../shared/domain/order/relations.ts';
import type { TagFacts } from '../../shared/domain/tags/judge-by-rule.ts';
import { judgeMove, recordMoved, stay } from '../../shared/domain/tags/judge-move.ts';
import { addCandidate, judgeTag } from '../../shared/domain/tags/judge-tag.ts';
import {
  acceptCandidate,
  releaseTag,
  rollBackTag,
  type TagRuling,
} from '../../shared/domain/tags/judge-tag-words.ts';
import { aTag, candidateOf, NOW, sha } from '../helpers/a-document.ts';

/** Ten commits; each stands on one or two before it. The last is the head of the branch. */
const COUNT = 10;
const history = fc.tuple(
  ...Array.from({ length: COUNT - 1 }, (_, i) =>
    fc.uniqueArray(fc.nat({ max: i }), { minLength: 1, maxLength: 2 }),
  ),
);
const line = fc.constant(Array.from({ length: COUNT - 1 }, (_, i) => [i]));
const commit = fc.nat({ max: COUNT - 1 });
const word = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('build' as const), commit }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('hold' as const, 'free' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('back' as const, 'accept' as const), commit }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const) }) },
);
type Word = typeof word extends fc.Arbitrary<infer W> ? W : never;

const nameOf = (i: number) => `c${i}`;
const numberOf = (commit: string | undefined) =>
  Array.from({ length: COUNT }, (_, i) => i).find(i => sha(nameOf(i)) === commit) ?? -1;

/** What one commit is, seen from another, in a history that is given by the parents of all but the first. */
function relationsIn(parents: readonly (readonly number[])[]) {
  const ancestors = [new Set<number>()];
  for (const own of parents) ancestors.push(new Set(own.flatMap(p => [p, ...(ancestors[p] ?? [])])));
  return (a: number, b: number): Relation => {
    if (a === b) return 'same';
    if (ancestors[a]?.has(b)) return 'newer';
    return ancestors[b]?.has(a) ? 'older' : 'diverged';
  };
}

/** A tag in a life of builds, holds and words, each followed by a look at it; what moved by itself, from where. */
function live(parents: readonly (readonly number[])[], words: readonly Word[]) {
  const relation = relationsIn(parents);
  const moved: {
    readonly from: number;
    readonly bad: number;
    readonly to: number;
    readonly held: boolean;
  }[] = [];
  let tag: Tag = aTag();
  let held = false;

  const facts = (): TagFacts => {
    const commits = tag.candidates.map(candidate => candidate.commit);
    const from = (standing: string | undefined) =>
      new Map(
        commits.map(one => {
          const toHead = relation(numberOf(one), COUNT - 1);
          if (standing === undefined) return [one, { toHead }] as const;
          const toStanding = { relation: relation(numberOf(one), numberOf(standing)) };
          const standingToHead = relation(numberOf(standing), COUNT - 1);
          return [one, { toHead, toStanding, standingToHead }] as const;
        }),
      );
    return {
      standing: tag.wanted?.commit,
      ofCommit: from(tag.wanted?.commit),
      held: new Map(held ? commits.map(one => [one, 'held']) : []),
      ...(tag.rolledBack !== undefined && {
        afterRollback: { from: tag.rolledBack.commit, ofCommit: from(tag.rolledBack.commit) },
      }),
    };
  };
  const look = () => {
    const [from, bad] = [numberOf(tag.observed?.commit), numberOf(tag.rolledBack?.commit)];
    for (let again = true; again; )
      ({ tag, again } = judgeTag(tag, facts(), { now: NOW, onRewrite: 'wait' }));
    const verdict = judgeMove(tag, { by: 'w', until: new Date(NOW + 1_000).toISOString() }, NOW);
    if (verdict.kind === 'leave') return;
    const { by } = verdict.to;
    if (held && by === undefined) {
      tag = stay(verdict.tag, { by: 'w', why: 'held', until: undefined, now: NOW });
      return;
    }
    ({ tag } = recordMoved(verdict.tag, verdict.to, { by: 'w', now: NOW }));
    if (by === undefined) moved.push({ from, bad, to: numberOf(tag.observed?.commit), held });
  };
  const say = (ruling: TagRuling) => {
    if (ruling.kind === 'done') tag = ruling.tag;
  };
  const said = { by: 'ada', why: 'slow', now: NOW };
  const hear = (its: Word) => {
    if (its.kind === 'build') tag = addCandidate(tag, candidateOf(nameOf(its.commit)), NOW);
    if (its.kind === 'hold' || its.kind === 'free') held = its.kind === 'hold';
    if (its.kind === 'release') say(releaseTag(tag, said));
    if (its.kind === 'accept') say(acceptCandidate(tag, sha(nameOf(its.commit)), said));
    // A way forward is no way back, and is refused before the judge.
    if (its.kind === 'back' && relation(its.commit, numberOf(tag.wanted?.commit)) !== 'newer') {
      say(rollBackTag(tag, candidateOf(nameOf(its.commit)), said));
    }
    look();
  };
  words.forEach(hear);
  return { moved, relation, on: () => numberOf(tag.observed?.commit), hear, tag: () => tag };
}

test('Forward only, and holds hold: nothing but a person moves a tag back, past a hold, or to the bad commit again', t => {
  fc.assert(
    fc.property(fc.oneof(history, line), fc.array(word, { maxLength: 40 }), (parents, words) => {
      const { moved, relation } = live(parents, words);
      for (const { from, bad, to, held } of moved) {
        t.false(held);
        t.true(isReachable(relation(to, COUNT - 1)));
        const before = bad === -1 ? from : bad;
        if (before !== -1 && before !== to) t.is(relation(to, before), 'newer');
        if (bad !== -1) t.not(to, bad);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('Once everything is released, the newest commit that was built on a line has the tag', t => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), words => {
      const built = words.flatMap(its => (its.kind === 'build' ? [its.commit] : []));
      const parents = Array.from({ length: COUNT - 1 }, (_, i) => [i]);
      const its = live(
        parents,
        words.filter(({ kind }) => kind !== 'accept'),
      );
      its.hear({ kind: 'free' });
      its.hear({ kind: 'release' });
      if (built.length > 0) t.is(its.on(), Math.max(...built));
      t.deepEqual(its.tag().candidates, []);
    }),
    { numRuns: 500 },
  );
});
