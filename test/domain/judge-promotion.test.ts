import test from 'ava';
import type { PromotedImage, PromotedState, Promotion } from '../../shared/domain/documents/promotion.ts';
import { judgeSources, type SourceFacts } from '../../shared/domain/promotions/judge-sources.ts';
import {
  judgeMoves,
  judgeReturns,
  outcomeOf,
  type Step,
  takePromotion,
} from '../../shared/domain/promotions/judge-steps.ts';
import { planUndo } from '../../shared/domain/promotions/plan-undo.ts';
import { registerPromotion } from '../../shared/domain/promotions/register-promotion.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';

const NOW = Date.parse('2026-03-02T12:00:00.000Z');
const [OLD, NEW, OTHER] = [digestOf('old'), digestOf('new'), digestOf('other')];
const image = (name: string, more: Partial<PromotedImage> = {}): PromotedImage => ({
  image: name,
  repository: `registry.example/stack/${name}`,
  state: 'waiting',
  ...more,
});
const asked: Promotion = {
  number: 7,
  by: 'Ada',
  at: '2026-03-02T11:59:00.000Z',
  from: '2026.3-a1',
  to: '2026.3-stable',
  dryRun: false,
  phase: 'asked',
  images: [image('base'), image('web'), image('gpu')],
  attempts: 0,
};
const undoing: Promotion = {
  ...asked,
  from: '2026.3-stable',
  undoes: 3,
  images: [image('base', { digest: OLD, expects: NEW }), image('web', { expects: NEW })],
};
const held = 'held by Grace: a fair (hold 7)';

const begins = test.macro({
  exec(
    t,
    its: Promotion,
    facts: readonly SourceFacts[],
    phase: Promotion['phase'],
    ...states: PromotedState[]
  ) {
    const judged = judgeSources(its, factsOf(its, facts));
    t.is(judged.phase, phase);
    t.deepEqual(
      judged.images.map(({ state }) => state),
      states,
    );
    t.deepEqual(
      judged.images.map(({ before }) => before),
      its.images.map((_, i) => facts[i]?.target),
    );
  },
  title: (name = '') => `judgeSources() ${name}`,
});
const there: SourceFacts[] = [{ source: NEW, target: OLD }, { source: NEW }, { source: NEW, target: NEW }];

test('begins when every source is there', begins, asked, there, 'moving', 'waiting', 'waiting', 'unchanged');
test(
  'says of a dry run what would move',
  begins,
  { ...asked, dryRun: true },
  there,
  'rehearsed',
  'would move',
  'would move',
  'unchanged',
);
test(
  'does not begin where one source is not there',
  begins,
  asked,
  [{ source: NEW, target: OLD }, { target: OLD }, { source: NEW }],
  'refused',
  'waiting',
  'missing',
  'waiting',
);
test(
  'goes back from what the promotion came to',
  begins,
  undoing,
  [{ source: OLD, target: NEW }, { target: NEW }],
  'moving',
  'waiting',
  'waiting',
);
test(
  'has nothing left to undo where it was undone',
  begins,
  undoing,
  [{ source: OLD, target: OLD }, {}],
  'moving',
  'unchanged',
  'unchanged',
);

const refuses = test.macro({
  exec(t, its: Promotion, facts: readonly SourceFacts[], reason: string) {
    t.is(judgeSources(its, factsOf(its, facts)).reason, reason);
  },
  title: (name = '') => `judgeSources() refuses ${name}`,
});

test(
  'a half-built stack, with the missing names (DH-28)',
  refuses,
  asked,
  [{}, { source: NEW }, {}],
  'Cannot promote "2026.3-a1": base and gpu have no such tag; build the whole stack first',
);
test(
  'a prefix that nobody knows',
  refuses,
  asked,
  [{}, {}, {}],
  'Cannot promote "2026.3-a1": none of the images has this tag: base, web and gpu',
);
test(
  'a target that is held',
  refuses,
  asked,
  [{ source: NEW }, { source: NEW, held }, { source: NEW }],
  'Cannot promote "2026.3-a1": "2026.3-stable" of web is held by Grace: a fair (hold 7); release that first, or go past it with pastHold, or --past-hold',
);
test(
  'an undo of what was moved since',
  refuses,
  undoing,
  [{ source: OLD, target: OTHER }, { target: NEW }],
  `Cannot undo promotion 3: "2026.3-stable" of base was moved to ${OTHER.slice(7, 19)} since; promote what it should be instead`,
);
test(
  'an undo to what is gone',
  refuses,
  undoing,
  [{ target: NEW }, { target: NEW }],
  'Cannot undo promotion 3: the registry no longer has what "2026.3-stable" of base was before',
);

const moving = judgeSources(asked, factsOf(asked, there));
const failed: Step = { kind: 'failed', reason: 'the registry is away' };

test('judgeMoves() ends when all were moved', t => {
  const done = judgeMoves(
    moving,
    new Map([
      ['base', { kind: 'moved' }],
      ['web', { kind: 'moved' }],
    ]),
  );
  t.is(done.phase, 'moved');
  t.deepEqual(
    done.images.map(({ after }) => after),
    [NEW, NEW, NEW],
  );
  t.is(outcomeOf(done), '"2026.3-stable" of 2 images was moved; 1 were right before');
});

test('judgeMoves() has all go back when one failed, and judgeReturns() ends that when all are back', t => {
  const back = judgeMoves(
    moving,
    new Map<string, Step>([
      ['base', { kind: 'moved' }],
      ['web', failed],
    ]),
  );
  t.is(back.phase, 'going back');
  t.is(back.reason, 'Cannot promote "2026.3-a1": web: the registry is away');
  const half = judgeReturns(back, new Map([['web', { kind: 'as before' }]]));
  t.is(half.phase, 'going back');
  const whole = judgeReturns(half, new Map([['base', { kind: 'as before' }]]));
  t.is(whole.phase, 'reverted');
  t.deepEqual(
    whole.images.map(({ after }) => after),
    [OLD, undefined, NEW],
  );
  const left = judgeReturns(half, new Map([['base', { kind: 'left', reason: 'no', found: NEW }]]));
  t.is(left.phase, 'incomplete');
  t.is(outcomeOf(left), `${back.reason}; "2026.3-stable" of base was left as it is`);
});

test('planUndo() goes back with what was changed, and with nothing else', t => {
  const moved = judgeMoves(
    moving,
    new Map([
      ['base', { kind: 'moved' }],
      ['web', { kind: 'moved' }],
    ]),
  );
  const plan = planUndo(moved);
  if (plan.kind === 'refused') return t.fail(plan.reason);
  t.like(plan.images, [
    { image: 'base', digest: OLD, expects: NEW, state: 'waiting' },
    { image: 'web', digest: undefined, expects: NEW, state: 'waiting' },
  ]);
  t.is(plan.images.length, 2);
  for (const phase of ['asked', 'moving', 'refused', 'reverted', 'rehearsed'] as const) {
    t.is(planUndo({ ...moved, phase }).kind, 'refused', phase);
  }
});

test('registerPromotion() counts, and gives a tag to one promotion at a time; dry runs may always', t => {
  const wish = { by: 'Ada', from: 'a', to: 'stable', dryRun: false, images: [] };
  const first = registerPromotion(undefined, wish, NOW);
  if (first.kind === 'busy') return t.fail(first.reason);
  t.like(first.promotion, { number: 1, phase: 'asked', due: '2026-03-02T12:00:00.000Z' });
  t.deepEqual(registerPromotion(first.register, wish, NOW), {
    kind: 'busy',
    reason:
      'Cannot move "stable": promotion 1 has it to itself; wait for its end, or withdraw it with headway undo 1 while its gates hold it',
  });
  t.is(registerPromotion(first.register, { ...wish, dryRun: true }, NOW).kind, 'registered');
  t.is(registerPromotion(first.register, { ...wish, to: 'other' }, NOW).kind, 'registered');
});

test('takePromotion() leaves what has ended, and what somebody is at', t => {
  const claim = { by: 'me', until: '2026-03-02T12:01:00.000Z' };
  t.is(takePromotion(undefined, claim, NOW), undefined);
  t.is(takePromotion({ ...asked, phase: 'moved' }, claim, NOW), undefined);
  t.is(takePromotion({ ...asked, claim: { ...claim, by: 'other' } }, claim, NOW), undefined);
  t.like(takePromotion(asked, claim, NOW), { claim, due: claim.until });
});

function factsOf(its: Promotion, facts: readonly SourceFacts[]): Map<string, SourceFacts> {
  return new Map(its.images.map((each, i) => [each.image, facts[i] ?? {}]));
}
