import test from 'ava';
import { endOf, scopeOf } from '../../infra/cli/hold-wish.ts';
import { holdsText } from '../../infra/cli/text/holds-text.ts';

const NOW = Date.parse('2026-03-02T12:00:00.000Z');
const SHA = 'a'.repeat(40);

test('scopeOf() reads what is held, and refuses two things at once', t => {
  t.deepEqual(scopeOf({ image: 'web' }), { kind: 'image', image: 'web' });
  t.deepEqual(scopeOf({ tag: 'prod' }), { kind: 'tag', tag: 'prod' });
  t.deepEqual(scopeOf({ tag: 'prod', image: 'web' }), { kind: 'tag', tag: 'prod', image: 'web' });
  t.deepEqual(scopeOf({ service: 'a/b/c' }), { kind: 'service', target: 'a', service: 'b/c' });
  t.deepEqual(scopeOf({ target: 'cluster' }), { kind: 'target', target: 'cluster' });
  t.deepEqual(scopeOf({ everything: true }), { kind: 'everything' });
  t.is(scopeOf({}), undefined);
  t.throws(() => scopeOf({ image: 'web', target: 'cluster' }), { message: /over one thing/ });
  t.throws(() => scopeOf({ service: 'web' }), { message: /TARGET\/SERVICE/ });
});

test('endOf() reads when a hold ends, and refuses two ends', t => {
  t.deepEqual(endOf({ for: '2h' }, NOW), { kind: 'moment', at: '2026-03-02T14:00:00.000Z' });
  t.deepEqual(endOf({ until: '2026-12-24' }, NOW), { kind: 'moment', at: '2026-12-24T00:00:00.000Z' });
  t.deepEqual(endOf({ 'until-commit': `shop@${SHA}` }, NOW), { kind: 'commit', repo: 'shop', commit: SHA });
  t.deepEqual(endOf({ 'until-gate': 'gpu:web' }, NOW), { kind: 'gate', gate: 'gpu', image: 'web' });
  t.is(endOf({}, NOW), undefined);
  for (const wrong of [
    { for: 'soon' },
    { until: 'soon' },
    { 'until-commit': 'shop@abc' },
    { 'until-gate': 'gpu' },
  ]) {
    t.throws(() => endOf(wrong, NOW), { name: 'UsageError' });
  }
  t.throws(() => endOf({ for: '2h', until: '2026-12-24' }, NOW), { message: /one end/ });
});

test('holdsText() lines its columns up, and says so where nothing is held', t => {
  const paint = (_: string, text: string) => text;
  const its = { paint, width: 100, now: NOW };
  t.is(holdsText([], its), 'nothing is held; headway hold keeps something as it is');
  const hold = { by: 'ada', since: '2026-03-02T11:00:00.000Z', state: 'standing' } as const;
  const text = holdsText(
    [
      { ...hold, number: 1, scope: { kind: 'everything' }, why: 'a talk' },
      {
        ...hold,
        number: 12,
        scope: { kind: 'tag', image: 'web', tag: 'prod' },
        why: 'a fair',
        until: { kind: 'gate', gate: 'gpu', image: 'web' },
      },
    ],
    its,
  );
  t.is(
    text,
    [
      'HOLD  OVER          BY   SINCE             UNTIL                        WHY',
      '1     everything    ada  2026-03-02 11:00  released                     a talk',
      '12    tag web:prod  ada  2026-03-02 11:00  gate gpu has passed for web  a fair',
    ].join('\n'),
  );
});
