import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { judgeStart, type Start } from '../../shared/domain/deploys/judge-start.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import { aService, at, digest, NOW } from '../helpers/a-document.ts';

const plain = { target: 'here', image: 'web', tag: 'prod' };
const settingsOf = (more: object) => {
  const { web } = ConfigurationShape.parse({ services: { web: { ...plain, ...more } } }).services;
  if (web === undefined) throw new Error('no such service');
  return web;
};
const to = { digest: digest('c2'), at: at(-60) };
const start = (more: object = {}, given: Partial<Start> = {}): Start => ({
  settings: settingsOf(more),
  freezes: [],
  opens: undefined,
  before: new Map(),
  now: NOW,
  ...given,
});
const running = (since: number, more: Partial<Service> = {}) =>
  new Map([
    ['first', aService({ service: 'first', phase: 'running', observed: { ...to, at: at(since) }, ...more })],
  ]);
const wave = { after: ['first'], pause: '1m' };

const waits = test.macro({
  exec(t, given: Start, until: string | undefined, reason: RegExp = /./) {
    const wait = judgeStart(to, given);
    t.is(wait && new Date(wait.until).toISOString(), until);
    if (wait !== undefined) t.regex(wait.reason, reason);
  },
  title: name => `judgeStart(): ${name}`,
});
const freeze = { from: at(-5), until: at(5), why: 'a fair' };
test('what has no condition begins at once', waits, start(), undefined);
test('a freeze ends when it says', waits, start({}, { freezes: [freeze] }), at(5), /a fair/);
test(
  'of two freezes the later end counts',
  waits,
  start({}, { freezes: [{ ...freeze, until: at(2) }, freeze] }),
  at(5),
);
test(
  'a freeze that is over or not yet there stops nothing',
  waits,
  start(
    {},
    {
      freezes: [
        { ...freeze, until: at(-1) },
        { ...freeze, from: at(1) },
      ],
    },
  ),
  undefined,
);
test('outside its window it waits for the next', waits, start({}, { opens: NOW + 7_000 }), at(7), /window/);
test(
  'what is younger than it must be waits for its age',
  waits,
  start({ minimumAge: '2m' }),
  at(60),
  /2m old/,
);
test('what is old enough does not', waits, start({ minimumAge: '1m' }), undefined);
test(
  'a wave waits for the one before',
  waits,
  start(wave, { before: new Map([['first', undefined]]) }),
  at(30),
  /"first"/,
);
test(
  'a wave stops behind a failure and says which',
  waits,
  start(wave, {
    before: running(-90, { phase: 'failed', message: 'it crashes' }),
  }),
  at(30),
  /"first", which is failed: it crashes/,
);
test(
  'a wave gives the one before its pause',
  waits,
  start(wave, { before: running(-20) }),
  at(40),
  /has run for 1m/,
);
test('a wave begins after the pause', waits, start(wave, { before: running(-90) }), undefined);
