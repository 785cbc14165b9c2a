import test from 'ava';
import { judgeDeploy, stillBehind } from '../../shared/domain/deploys/judge-deploy.ts';
import { recordSeen, type Seen } from '../../shared/domain/deploys/record-seen.ts';
import type { Deploy, Service, Version } from '../../shared/domain/documents/service.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { aService, aTag, at, digest, NOW, sha, standingOn } from '../helpers/a-document.ts';

const rules = { claim: { by: 'w', until: at(60) }, now: NOW } as const;
const onC2 = aTag({ wanted: standingOn('c2'), observed: standingOn('c2') });
const version = (word: string): Version => ({ digest: digest(word), commit: sha(word), at: at(-60) });
const wants = (word: string, more: Partial<Service> = {}) => ({
  wanted: version(word),
  sequence: 4,
  ...more,
});
const runs = (word: string) => wants(word, { observed: version(word), phase: 'running' });

const leaves = test.macro({
  exec(t, service: Partial<Service> | undefined, tag: Tag | undefined, due: 'rests' | 'as it is') {
    const verdict = judgeDeploy(service && aService(service), tag, rules);
    t.is(verdict.kind, 'leave');
    if (due === 'as it is') t.is(verdict.service, undefined);
    else t.like(verdict.service, { due: undefined, claim: undefined } as object);
  },
  title: name => `judgeDeploy(): leaves ${name}`,
});
test('a service that is not there', leaves, undefined, onC2, 'as it is');
test('a service that somebody is at', leaves, { claim: { by: 'x', until: at(1) } }, onC2, 'as it is');
test('SK-25: a service whose tag was never set', leaves, {}, aTag(), 'rests');
test('a service whose tag nobody knows', leaves, {}, undefined, 'rests');
test('a tag that is wanted and not yet moved', leaves, {}, aTag({ wanted: standingOn('c2') }), 'rests');
test('CD-13: a service that runs this digest', leaves, runs('c2'), onC2, 'rests');
test(
  'a digest whose deploy failed, until another is wanted',
  leaves,
  wants('c2', { phase: 'failed' }),
  onC2,
  'rests',
);
test(
  'holds hold: a service that a person holds',
  leaves,
  { ...runs('c1'), hold: { by: 'ada', why: 'a talk', since: at() } },
  onC2,
  'rests',
);

test('judgeDeploy(): the newest wish wins, and is one deploy more', t => {
  const before: readonly Partial<Service>[] = [
    {},
    runs('c1'),
    wants('c1', { phase: 'failed' }),
    wants('c1', { phase: 'accepted' }),
  ];
  for (const service of before) {
    const verdict = judgeDeploy(aService(service), onC2, rules);
    const sequence = (service.sequence ?? 0) + 1;
    t.like(verdict, {
      kind: 'deploy',
      to: { digest: digest('c2') },
      service: {
        claim: rules.claim,
        due: at(60),
        phase: 'dispatched',
        sequence,
        wanted: { digest: digest('c2'), commit: sha('c2'), at: at() },
      },
      deploy: { sequence, digest: digest('c2'), phase: 'dispatched', dispatchedAt: at() },
    });
  }
});

test('judgeDeploy(): green means running: what was dispatched, or is no longer known to run, is asked for again', t => {
  for (const phase of ['dispatched', 'unknown', 'held'] as const) {
    const verdict = judgeDeploy(aService(wants('c2', { phase, observed: version('c2') })), onC2, rules);
    t.like(verdict, {
      kind: 'resume',
      ask: true,
      to: { digest: digest('c2'), at: at() },
      service: { sequence: 4, wanted: { at: at() } },
    });
  }
});

test('judgeDeploy(): what the target accepted is only watched, and its time goes on', t => {
  const verdict = judgeDeploy(aService(wants('c2', { phase: 'accepted' })), onC2, rules);
  t.like(verdict, { kind: 'resume', ask: false, to: { at: at(-60) }, service: { claim: rules.claim } });
});

test('judgeDeploy(): takes over from a worker that died', t => {
  const service = aService(wants('c2', { phase: 'dispatched', claim: { by: 'x', until: at(-1) } }));
  t.is(judgeDeploy(service, onC2, rules).kind, 'resume');
});

const deploy: Deploy = {
  target: 'place',
  service: 'web',
  sequence: 4,
  digest: digest('c2'),
  phase: 'dispatched',
  dispatchedAt: at(-9),
};
const see = (
  seen: Seen,
  service: Partial<Service> = {},
  known: Deploy = deploy,
  onFailure: 'rollback' | 'ask' = 'rollback',
) =>
  recordSeen(
    aService({
      ...wants('c2'),
      observed: version('c1'),
      claim: rules.claim,
      attempts: 3,
      lastError: 'down',
      ...service,
    }),
    known,
    {
      to: version('c2'),
      seen,
      by: 'w',
      now: NOW,
      onFailure,
    },
  );

test('recordSeen(): running is observed, remembers what ran before, and is due no more', t => {
  const done = see({ phase: 'running' });
  t.like(done?.service, {
    phase: 'running',
    observed: { digest: digest('c2') },
    previous: { digest: digest('c1') },
    due: undefined,
    claim: undefined,
    attempts: 0,
    lastError: undefined,
  } as object);
  t.like(done?.deploy, { phase: 'running', acceptedAt: at(), runningAt: at(), endedAt: at() });
});

test('recordSeen(): accepted is not running: it is looked at again', t => {
  const done = see({ phase: 'accepted', message: 'starting', again: 1_000 });
  t.like(done?.service, {
    phase: 'accepted',
    observed: { digest: digest('c1') },
    due: at(1),
    message: 'starting',
  });
  t.like(done?.deploy, {
    phase: 'accepted',
    acceptedAt: at(),
    runningAt: undefined,
    endedAt: undefined,
  } as object);
});

test('recordSeen(): a failed deploy keeps what runs', t => {
  const done = see({ phase: 'failed', message: 'the container exited with 1' });
  t.like(done?.service, { phase: 'failed', observed: { digest: digest('c1') }, due: undefined } as object);
  t.like(done?.deploy, { phase: 'failed', message: 'the container exited with 1', endedAt: at() });
});

test('recordSeen(): seeing the same once more does not change when a deploy ended', t => {
  const ended: Deploy = { ...deploy, phase: 'running', runningAt: at(-5), endedAt: at(-5) };
  t.like(see({ phase: 'running' }, {}, ended)?.deploy, { runningAt: at(-5), endedAt: at(-5) });
});

test('recordSeen(): whoever lost the claim records nothing', t => {
  t.is(see({ phase: 'running' }, { claim: { by: 'x', until: at(9) } }), undefined);
});

test('stillBehind(): only a wish that has moved on, for a service that nobody holds', t => {
  t.true(stillBehind(aService(runs('c1')), onC2, rules));
  t.false(stillBehind(aService(runs('c2')), onC2, rules));
  t.false(stillBehind(aService(runs('c1')), aTag(), rules));
  t.false(
    stillBehind(aService({ ...runs('c1'), hold: { by: 'ada', why: 'a talk', since: at() } }), onC2, rules),
  );
});

const failedC2 = {
  ...wants('c2', { phase: 'failed', observed: version('c1') }),
  refused: { digest: digest('c2'), at: at(-1), reason: 'it crashes', back: version('c1') },
} as const;

test('judgeDeploy(): what failed is rolled back, by digest, as a deploy of its own', t => {
  const verdict = judgeDeploy(aService(failedC2), onC2, rules);
  t.like(verdict, {
    kind: 'deploy',
    to: { digest: digest('c1') },
    service: { phase: 'dispatched', refused: failedC2.refused, sequence: 5 },
    deploy: { digest: digest('c1'), rollback: true, sequence: 5 },
  });
});

test('judgeDeploy(): what failed is left as it is where the service says hold or ask, or where nothing ran before', t => {
  const refused = { ...failedC2.refused, back: undefined };
  t.is(judgeDeploy(aService({ ...failedC2, refused }), onC2, rules).kind, 'leave');
  t.is(see({ phase: 'failed' }, {}, deploy, 'ask')?.service.refused?.back, undefined);
  t.is(see({ phase: 'failed' }, { observed: undefined })?.service.refused?.back, undefined);
  t.like(see({ phase: 'failed' })?.service.refused, { back: version('c1') });
});

test('judgeDeploy(): after a failure the way forward is another digest, which is deployed as ever', t => {
  const onC3 = aTag({ wanted: standingOn('c3'), observed: standingOn('c3') });
  const verdict = judgeDeploy(aService(failedC2), onC3, rules);
  t.like(verdict, { kind: 'deploy', to: { digest: digest('c3') } });
  t.is(verdict.kind === 'deploy' ? verdict.service.refused : null, undefined);
});

test('judgeDeploy(): another build of what failed may be its mend; of what a person took back it is the same', t => {
  const again = standingOn('c2', { build: 'again' });
  const onRebuild = aTag({ wanted: again, observed: again });
  const refused = { ...failedC2.refused, commit: sha('c2') };
  t.like(judgeDeploy(aService({ ...failedC2, refused }), onRebuild, rules), {
    kind: 'deploy',
    to: { digest: again.digest },
  });
  const back = { ...wants('c1', { phase: 'held', observed: version('c1') }), refused };
  const byAda = judgeDeploy(aService({ ...back, refused: { ...refused, by: 'ada' } }), onRebuild, rules);
  t.like(byAda, { kind: 'leave', service: { refused: { digest: again.digest, commit: sha('c2') } } });
});

test('judgeDeploy(): what was rolled back stays so, and is not deployed over and over', t => {
  const back = { ...failedC2, ...wants('c1', { phase: 'held', observed: version('c1') }) };
  t.is(judgeDeploy(aService(back), onC2, rules).kind, 'leave');
  t.false(stillBehind(aService(back), onC2, rules));
});

test('judgeDeploy(): a deploy that may not begin yet waits, says why, and is due then; the way back waits for nothing', t => {
  const wait = () => ({ reason: 'waits for its window', until: NOW + 60_000 });
  const verdict = judgeDeploy(aService(runs('c1')), onC2, { ...rules, wait });
  t.is(verdict.kind, 'leave');
  t.like(verdict.service, { message: 'waits for its window', due: at(60), wanted: { digest: digest('c1') } });
  t.is(judgeDeploy(aService(failedC2), onC2, { ...rules, wait }).kind, 'deploy');
});

test('judgeDeploy(): a hold that has ended holds no more; until then it is looked at again at its end', t => {
  const hold = { by: 'ada', why: 'a talk', since: at(-9) };
  const held = judgeDeploy(aService({ ...runs('c1'), hold: { ...hold, until: at(9) } }), onC2, rules);
  t.like(held, { kind: 'leave', service: { due: at(9) } });
  t.is(
    judgeDeploy(aService({ ...runs('c1'), hold: { ...hold, until: at(-1) } }), onC2, rules).kind,
    'deploy',
  );
});

test('recordSeen(): a failure is remembered with its reason; to ask means that everything waits for a person', t => {
  const failed = { phase: 'failed', message: 'it crashes' } as const;
  const refused = { digest: digest('c2'), reason: 'it crashes', at: at() };
  t.like(see(failed)?.service, { phase: 'failed', refused });
  t.is(see(failed)?.service.hold, undefined);
  t.like(see(failed, {}, deploy, 'ask')?.service, { refused, hold: { by: 'headway' } });
});

test('recordSeen(): a service that is back on what ran before is held, and says what was rolled back', t => {
  const refused = { digest: digest('c9'), at: at(-1), reason: 'it crashes' };
  t.like(see({ phase: 'running' }, { refused })?.service, {
    phase: 'held',
    message: 'rolled back: it crashes',
  });
});

test('recordSeen(): a deploy keeps what was seen of it, a line for each change', t => {
  const first = see({ phase: 'accepted', message: 'pulling' })?.deploy;
  const same = see({ phase: 'accepted', message: 'pulling' }, {}, first)?.deploy;
  const last = see({ phase: 'failed', message: 'exit code 7\nno such file' }, {}, same)?.deploy;
  t.is(last?.log, `${at()} accepted: pulling\n${at()} failed: exit code 7 | no such file`);
});
