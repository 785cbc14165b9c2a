import test from 'ava';
import type { Voice } from '../../shared/domain/documents/gate.ts';
import { judgeApproval } from '../../shared/domain/gates/judge-approval.ts';
import { judgeAge, judgeHealthy, type Watched } from '../../shared/domain/gates/judge-time.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';

const at = (clock: string): string => `2026-03-02T${clock}:00.000Z`;
const now = Date.parse(at('12:00'));
const [MINE, OTHER] = [digestOf('mine'), digestOf('other')];

test('judgeAge() waits until an image is old enough, and lets none pass whose age nobody knows', t => {
  const settings = { atLeast: '2h' };
  t.is(judgeAge(settings, at('10:00'), now).kind, 'passed');
  t.like(judgeAge(settings, at('10:01'), now), { kind: 'waiting', until: at('12:01') });
  t.is(judgeAge(settings, undefined, now).kind, 'blocked');
});

const settings = { service: 'web', atLeast: '2h', deadline: '1d' };
const asked = { image: 'web', digest: MINE, since: at('11:00') };
const running = (digest: string, since: string, more: Partial<Watched['service']> = {}): Watched => ({
  service: {
    ...{
      target: 'place',
      service: 'web',
      image: 'web',
      tag: 'prod',
      phase: 'running',
      sequence: 4,
      attempts: 0,
    },
    observed: { digest, at: since },
    ...more,
  },
});
const looks = test.macro({
  exec(t, watched: readonly Watched[], expected: string, until?: string) {
    const found = judgeHealthy(settings, asked, { watched, now });
    t.is(found.kind as string, expected, found.reason);
    if (found.kind === 'waiting') t.is(until, found.until);
  },
  title: (words, _, expected) => `judgeHealthy() of a service that ${words} is ${expected}`,
});
const deployed = (digest: string, runningAt?: string): Pick<Watched, 'deploy'> => ({
  deploy: {
    ...{ target: 'place', service: 'web', sequence: 4, digest, phase: 'running', dispatchedAt: at('09:00') },
    ...(runningAt !== undefined && { runningAt }),
  },
});
test('has run it long enough', looks, [running(MINE, at('10:00'))], 'passed');
test(
  'has run it since its deploy, and was looked at lately',
  looks,
  [{ ...running(MINE, at('11:59')), ...deployed(MINE, at('09:30')) }],
  'passed',
);
test(
  'has run it since its deploy, with a break',
  looks,
  [{ ...running(MINE, at('11:59'), { notRunningAt: at('11:30') }), ...deployed(MINE, at('09:30')) }],
  'waiting',
  at('13:30'),
);
test(
  'was seen not to run before its deploy was through',
  looks,
  [{ ...running(MINE, at('11:59'), { notRunningAt: at('09:29') }), ...deployed(MINE, at('09:30')) }],
  'passed',
);
test('runs it only for an hour', looks, [running(MINE, at('11:00'))], 'waiting', at('13:00'));
test('runs another digest', looks, [running(OTHER, at('01:00'))], 'waiting', '2026-03-02T12:00:30.000Z');
test(
  'was just told to run it',
  looks,
  [running(MINE, at('01:00'), { phase: 'accepted' })],
  'waiting',
  '2026-03-02T12:00:30.000Z',
);
test('nobody has seen', looks, [], 'waiting', '2026-03-02T12:00:30.000Z');
test('is of another image', looks, [running(OTHER, at('01:00'), { image: 'api' })], 'passed');
test('judgeHealthy() fails after its deadline', t => {
  const late = { ...asked, since: '2026-03-01T12:00:00.000Z' };
  t.is(judgeHealthy(settings, late, { watched: [running(OTHER, at('01:00'))], now }).kind, 'failed');
  t.is(judgeHealthy(settings, late, { watched: [running(MINE, at('09:00'))], now }).kind, 'passed');
});

const yes = (by: string): Voice => ({ by, at: at('11:00'), approves: true });
const counts = test.macro({
  exec(t, voices: readonly Voice[], expected: string, until: string = at('13:00')) {
    const { kind, reason } = judgeApproval({ count: 2, until }, voices, now);
    t.is(`${kind}: ${reason}`, expected);
  },
  title: (words, _, expected) => `judgeApproval() of ${words} is ${expected}`,
});
test('nobody', counts, [], 'waiting: 0 of 2 people approved it');
test('one person twice', counts, [yes('Ada'), yes('Ada')], 'waiting: 1 of 2 people approved it (so far Ada)');
test('two people', counts, [yes('Ada'), yes('Grace')], 'passed: approved by Ada, Grace');
test(
  'two people in time, later',
  counts,
  [yes('Ada'), yes('Grace')],
  'passed: approved by Ada, Grace',
  at('11:30'),
);
test(
  'one person in time',
  counts,
  [yes('Ada')],
  `failed: only 1 of 2 people approved it (so far Ada) by ${at('11:30')}`,
  at('11:30'),
);
test(
  'one who refuses',
  counts,
  [yes('Ada'), yes('Grace'), { ...yes('Joan'), approves: false, why: 'no' }],
  'failed: Joan refused it: no',
);
