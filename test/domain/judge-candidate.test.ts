import test from 'ava';
import type { Candidate, Standing } from '../../shared/domain/documents/tag.ts';
import type { Relation } from '../../shared/domain/order/relations.ts';
import { joinReasons, judgeCandidate } from '../../shared/domain/tags/judge-candidate.ts';
import { at, candidateOf, standingOn } from '../helpers/a-document.ts';

type Case = {
  readonly standing?: Standing;
  readonly candidate?: Candidate;
  /** The candidate seen from where the tag stands, and both seen from the branch's head. */
  readonly order?: Relation;
  readonly distance?: number;
  readonly toHead?: Relation;
  readonly standingToHead?: Relation;
  readonly onRewrite?: 'wait' | 'follow';
};

const judges = test.macro({
  exec(t, { standing, candidate = candidateOf('c2'), onRewrite = 'wait', ...its }: Case, expected: string) {
    const { order, distance, toHead = 'older', standingToHead = 'older' } = its;
    const verdict = judgeCandidate(
      { tag: 'prod', branch: 'main' },
      standing,
      candidate,
      {
        ...(order !== undefined && {
          toStanding: { relation: order, ...(distance !== undefined && { distance }) },
        }),
        ...(standing !== undefined && { standingToHead }),
        toHead,
      },
      onRewrite,
    );
    const missing = verdict.kind === 'wait' && verdict.missing ? ' (a fact is missing)' : '';
    t.is('reason' in verdict ? `${verdict.kind}${missing}: ${verdict.reason}` : verdict.kind, expected);
  },
  title: name => `judgeCandidate(): ${name}`,
});
const c1 = standingOn('c1');
const NOT_ON_MAIN = 'refuse: the commit is not on branch main';
const UNKNOWN = 'wait (a fact is missing): the order of this commit on main is not known';

test(
  'SK-21: a tag that stands nowhere takes what is on its branch',
  judges,
  {},
  'take: the first image of the branch',
);
test('A.5-7: the first image must be on the branch too', judges, { toHead: 'diverged' }, NOT_ON_MAIN);
test('SK-24: takes a newer commit', judges, { standing: c1, order: 'newer' }, 'take: a newer commit');
test(
  'SK-22: what it stands on is a repeat',
  judges,
  { standing: c1, candidate: candidateOf('c1'), order: 'same' },
  'repeat',
);
test(
  'SK-23: refuses an older commit',
  judges,
  { standing: c1, order: 'older' },
  'refuse: prod is ahead of this commit',
);
test(
  'a refusal tells how far ahead the tag is',
  judges,
  { standing: c1, order: 'older', distance: 3 },
  'refuse: prod is 3 commits ahead',
);
test(
  'one commit is one commit',
  judges,
  { standing: c1, order: 'older', distance: 1 },
  'refuse: prod is 1 commit ahead',
);
test(
  'A.5-7: a commit of a release branch never takes a tag that follows main',
  judges,
  { standing: c1, order: 'newer', toHead: 'diverged' },
  NOT_ON_MAIN,
);
test(
  'a commit ahead of the branch is not on it',
  judges,
  { standing: c1, order: 'newer', toHead: 'newer' },
  NOT_ON_MAIN,
);
test(
  'an older commit is refused for that, even where its place is unknown',
  judges,
  { standing: c1, order: 'older', toHead: 'unknown' },
  'refuse: prod is ahead of this commit',
);
test(
  'unknown is not different: nothing moves while the order is not known',
  judges,
  { standing: c1, order: 'unknown' },
  UNKNOWN,
);
test(
  'unknown is not different: nothing moves while the branch is not known',
  judges,
  { standing: c1, order: 'newer', toHead: 'unknown' },
  UNKNOWN,
);
test('unknown is not different: the first image waits too', judges, { toHead: 'unknown' }, UNKNOWN);
test(
  'two sides of a merge wait for it',
  judges,
  { standing: c1, order: 'diverged' },
  'wait: the commit and the one prod is on are side by side on main; the commit that joins them will pass',
);
test(
  'a rewritten history waits for a person',
  judges,
  { standing: c1, order: 'diverged', standingToHead: 'diverged' },
  'wait: the history of main was rewritten and no longer holds the commit prod is on; a person must accept it',
);
test(
  'onRewrite follow: takes the rewritten history',
  judges,
  { standing: c1, order: 'diverged', standingToHead: 'diverged', onRewrite: 'follow' },
  'take: the history of main was rewritten',
);
test(
  'onRewrite follow: side by side is not rewritten',
  judges,
  { standing: c1, order: 'diverged', onRewrite: 'follow' },
  'wait: the commit and the one prod is on are side by side on main; the commit that joins them will pass',
);
test(
  'onRewrite follow: unknown is not rewritten',
  judges,
  { standing: c1, order: 'diverged', standingToHead: 'unknown', onRewrite: 'follow' },
  'wait (a fact is missing): the place of prod on main is not known',
);
test(
  'a branch that was set back does not take prod with it',
  judges,
  { standing: c1, order: 'older', distance: 2, standingToHead: 'newer' },
  'refuse: prod is 2 commits ahead',
);
test(
  'onRewrite follow: a branch that was set back takes prod with it',
  judges,
  { standing: c1, order: 'older', standingToHead: 'newer', onRewrite: 'follow' },
  'take: the history of main was rewritten',
);
test(
  'onRewrite follow: an older commit is refused while the tag is on the branch',
  judges,
  { standing: c1, order: 'older', onRewrite: 'follow' },
  'refuse: prod is ahead of this commit',
);
test(
  'onRewrite follow: what is not on the new history is refused',
  judges,
  { standing: c1, order: 'diverged', toHead: 'diverged', standingToHead: 'diverged', onRewrite: 'follow' },
  NOT_ON_MAIN,
);

const rebuilt = (mine: string | undefined, other: string | undefined): Case => ({
  standing: standingOn('c1', { ...(mine !== undefined && { startedAt: mine }) }),
  candidate: candidateOf('c1', { build: '2', ...(other !== undefined && { startedAt: other }) }),
  order: 'same',
});
test(
  'a rebuild that started later is newer',
  judges,
  rebuilt(at(1), at(2)),
  'take: a later build of the same commit',
);
test(
  'a rebuild that started sooner is older',
  judges,
  rebuilt(at(2), at(1)),
  'refuse: prod is on a later build of the same commit',
);
test(
  'unknown is not different: a rebuild of unknown start waits',
  judges,
  rebuilt(at(2), undefined),
  `wait: another build of this commit (${standingOn('c1').digest.slice(7, 19)}) has prod, and which started later is not known`,
);

const joins = test.macro({
  exec(t, before: string | undefined, reason: string, expected: string) {
    t.is(joinReasons({ tag: 'prod', branch: 'main' }, before, reason), expected);
  },
  title: name => `joinReasons(): ${name}`,
});
const [FIRST, NEWER, REBUILT, REWRITTEN] = [
  'the first image of the branch',
  'a newer commit',
  'a later build of the same commit',
  'the history of main was rewritten',
];
test('a newer one than a newer one is newer', joins, NEWER, NEWER, NEWER);
test('a newer one than the first is the first that gets there', joins, FIRST, NEWER, FIRST);
test('a newer one than a rewritten one is of a rewritten history', joins, REWRITTEN, NEWER, REWRITTEN);
test('a rewritten one after a newer one is of a rewritten history', joins, NEWER, REWRITTEN, REWRITTEN);
test('a newer one than a rebuild is newer', joins, REBUILT, NEWER, NEWER);
test('a rebuild of a newer one is newer', joins, NEWER, REBUILT, NEWER);
