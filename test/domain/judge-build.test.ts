import test from 'ava';
import { type BuildFacts, judgeBuild } from '../../shared/domain/builds/judge-build.ts';
import { wakeChildren } from '../../shared/domain/builds/wake-children.ts';
import { Image } from '../../shared/domain/configuration/images.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { aBuild, at, digest, NOW } from '../helpers/a-document.ts';

const settings = (builder = 'auto') => Image.parse({ repository: 'registry.example/x', builder });
const claim = { now: NOW, by: 'w', lasts: 60_000, buildId: 'b1' };
const facts = (build: Partial<Build>, parent?: Partial<Build>): BuildFacts => ({
  build: aBuild(build),
  parent: parent && aBuild({ image: 'base', ...parent }),
  settings: settings(),
});

const judges = test.macro({
  exec(t, its: BuildFacts, expected: 'build' | 'leave' | 'rest' | { readonly giveUp: string }) {
    const verdict = judgeBuild(its, claim);
    if (typeof expected === 'string') t.is(verdict.kind, expected);
    else t.like(verdict, { kind: 'give up', build: { status: 'failed', lastError: expected.giveUp } });
    if (verdict.kind === 'rest' || verdict.kind === 'give up') t.is(verdict.build.due, undefined);
  },
  title: name => `judgeBuild(): ${name}`,
});
const child = { parent: 'base' };

test('builds what is due', judges, facts({}), 'build');
test('leaves a build that is not on record', judges, { ...facts({}), build: undefined }, 'leave');
test('leaves a build that nobody wants looked at', judges, facts({ due: undefined }), 'leave');
test('leaves a build that somebody is at', judges, facts({ claim: { by: 'x', until: at(1) } }), 'leave');
test(
  'takes over from a worker that died',
  judges,
  facts({ status: 'building', claim: { by: 'x', until: at(-1) } }),
  'build',
);
test(
  'tries again what failed in a way that may pass',
  judges,
  facts({ status: 'building', attempts: 1 }),
  'build',
);
test('rests when it has succeeded', judges, facts({ status: 'succeeded' }), 'rest');
test('rests when it has failed', judges, facts({ status: 'failed' }), 'rest');
test('rests until the parent of its commit is there', judges, facts(child, { status: 'building' }), 'rest');
test('rests while its parent is not on record', judges, facts(child), 'rest');
test(
  'builds on the parent of its commit',
  judges,
  facts(child, { status: 'succeeded', digest: digest('base') }),
  'build',
);
test('gives up when its parent failed', judges, facts(child, { status: 'failed' }), {
  giveUp: 'its parent base failed at this commit',
});
test(
  'TB-3: gives up what the configuration no longer names',
  judges,
  { ...facts({}), settings: undefined },
  {
    giveUp: 'the configuration no longer names image "web"',
  },
);
test(
  'never builds what somebody else builds',
  judges,
  { ...facts(child, { status: 'succeeded' }), settings: settings('none') },
  'rest',
);

test('judgeBuild(): a build is claimed, has an id of its own, and stands on exactly the parent that is there', t => {
  const verdict = judgeBuild(facts(child, { status: 'succeeded', digest: digest('base') }), claim);
  t.like(verdict, {
    build: {
      status: 'building',
      buildId: 'b1',
      startedAt: at(),
      parentDigest: digest('base'),
      claim: { by: 'w', until: at(60) },
      due: at(60),
    },
  });
});

const wakes = test.macro({
  exec(t, one: Partial<Build> | undefined, parent: Build['status'], expected: Partial<Build> | undefined) {
    const [woken] = wakeChildren([one && aBuild({ due: undefined, ...one })], { status: parent }, NOW);
    if (expected === undefined) t.is(woken, undefined);
    else t.like(woken, expected as object);
  },
  title: name => `wakeChildren(): ${name}`,
});
test('a child that waits starts when its parent succeeded', wakes, {}, 'succeeded', {
  due: at(),
  status: 'waiting',
});
test('a child that waits gives up when its parent failed', wakes, {}, 'failed', {
  due: at(),
  status: 'waiting',
});
test(
  'a child that gave up starts when its parent succeeds after all',
  wakes,
  { status: 'failed', lastError: 'its parent failed' },
  'succeeded',
  {
    due: at(),
    status: 'waiting',
    lastError: undefined,
  },
);
test(
  'a child that failed by itself stays so',
  wakes,
  { status: 'failed', buildId: 'b0' },
  'succeeded',
  undefined,
);
test(
  'a child that gave up stays so when its parent fails once more',
  wakes,
  { status: 'failed' },
  'failed',
  undefined,
);
test(
  'a child that is being built is left to its builder',
  wakes,
  { status: 'building' },
  'succeeded',
  undefined,
);
test('a child that nobody asked for is not invented', wakes, undefined, 'succeeded', undefined);

test('judgeBuild(): what a dead worker left goes on in the time that it had, what failed begins anew', t => {
  const begun = { status: 'building', startedAt: at(-90) } as const;
  t.like(judgeBuild(facts({ ...begun, claim: { by: 'x', until: at(-1) } }), claim), {
    build: { startedAt: at(-90) },
  });
  t.like(judgeBuild(facts({ ...begun, attempts: 1 }), claim), { build: { startedAt: at() } });
});
