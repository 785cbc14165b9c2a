import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import type { GateStanding } from '../../shared/domain/documents/gate.ts';
import type { Promotion } from '../../shared/domain/documents/promotion.ts';
import { settingsText } from '../../shared/domain/gates/gate-results.ts';
import { gatesOf } from '../../shared/domain/gates/gates-of.ts';
import { gatesToAsk, judgeGates, recordAnswer } from '../../shared/domain/gates/judge-gates.ts';
import { openGates } from '../../shared/domain/gates/open-gates.ts';
import { takeVoice } from '../../shared/domain/gates/take-voice.ts';
import { fillIn, quoteForShell, variablesOf, wantsReport } from '../../shared/domain/gates/words.ts';
import { planPromotion } from '../../shared/domain/promotions/plan-promotion.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';

const AT = '2026-03-02T12:00:00.000Z';
const NOW = Date.parse(AT);
const after = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const { gates: SETTINGS, ...configuration } = ConfigurationShape.parse({
  images: {
    base: { repository: 'r.example/base', builder: 'none' },
    web: { repository: 'r.example/web', builder: 'none' },
  },
  tags: {
    strict: { images: ['web'], follows: 'manual', gates: ['gpu', 'staff'] },
    free: { images: ['web'], follows: 'manual', gates: [] },
  },
  gates: {
    gpu: { kind: 'command', run: ['pytest'], images: ['web'], validFor: '1h' },
    lint: { kind: 'command', run: ['lint'] },
    staff: { kind: 'approval', count: 2, from: ['Ada', 'Grace'], deadline: '2h' },
  },
  promotions: { gates: ['lint'] },
});
const gates = Object.entries(SETTINGS).map(([name, settings]) => ({ name, settings }));
const images = ['base', 'web'].map(image => ({
  ...{ image, repository: `r.example/${image}`, digest: digestOf(image), state: 'waiting' as const },
}));
const moving: Promotion = {
  ...{ number: 7, by: 'Ada', at: AT, from: '2026.3-a1', to: '2026.3-stable', dryRun: false, attempts: 0 },
  ...{ phase: 'moving', images, claim: { by: 'me', until: after(1) } },
};
const short = ({ gates = [] }: Promotion) =>
  gates.map(({ gate, image, state }) => `${gate} ${image} ${state}`);
const known = { gates, results: [], now: NOW };

test('gatesOf() gives a tag its own gates, and those of promotions where it has none', t => {
  const its = { ...configuration, gates: SETTINGS };
  t.deepEqual(gatesOf(its, 'strict'), ['gpu', 'staff']);
  t.deepEqual(gatesOf(its, 'free'), []);
  t.deepEqual(gatesOf(its, '2026.3-stable'), ['lint']);
  t.deepEqual(gatesOf(its, 'constructor'), ['lint']);
});

test('planPromotion() knows which gates there are to be skipped', t => {
  const its = { ...configuration, gates: SETTINGS };
  t.like(planPromotion(its, { from: '2026.3-a1', to: 'strict', skipGates: ['gpu'] }), { kind: 'planned' });
  t.like(planPromotion(its, { from: '2026.3-a1', to: 'strict', skipGates: ['lint'] }), {
    reason: 'Cannot promote "2026.3-a1": "strict" is not held by gate lint, but by gate gpu and staff',
  });
});

test('openGates() holds a promotion by each gate for each image that would move and that it is about', t => {
  const opened = openGates(moving, known);
  t.is(opened.phase, 'gated');
  t.deepEqual(short(opened), ['gpu web open', 'lint base open', 'lint web open', 'staff undefined open']);
  const [base, web] = images;
  const right = openGates(
    { ...moving, images: [{ ...base, state: 'unchanged' }, web] as typeof images },
    known,
  );
  t.deepEqual(short(right), ['gpu web open', 'lint web open', 'staff undefined open']);
  t.is(openGates({ ...moving, undoes: 3 }, known).phase, 'moving', 'the way back is open');
  t.is(openGates({ ...moving, takesBack: 'slow' }, known).phase, 'moving', 'and nobody is asked on it');
  t.is(openGates({ ...moving, phase: 'refused' }, known).gates, undefined);
  const rehearsed = openGates({ ...moving, dryRun: true, phase: 'rehearsed' }, known);
  t.is(rehearsed.phase, 'rehearsed');
  t.is(rehearsed.gates?.length, 4);
  const skips = gates.map(({ name: gate }) => ({ gate, why: 'a fire' }));
  const skipped = openGates({ ...moving, skips }, known);
  t.is(skipped.phase, 'moving');
  t.like(skipped.gates?.[0], { state: 'skipped', reason: 'Ada said so: a fire' });
});

test('openGates() takes a pass that still counts, and nothing else', t => {
  const gpu = SETTINGS['gpu'];
  if (gpu === undefined) return t.fail();
  const result = {
    ...({
      image: 'web',
      digest: digestOf('web'),
      gate: 'gpu',
      state: 'passed',
      reason: '3 tests passed',
    } as const),
    ...{ settings: settingsText(gpu), startedAt: AT, at: after(-30), promotion: 4, log: 'gates/x.log' },
    attempts: 0,
  };
  const stateWith = (change: Partial<typeof result> | { state: 'failed' }) =>
    openGates(moving, { ...known, results: [{ ...result, ...change }] }).gates?.[0];
  t.like(stateWith({}), { state: 'passed', from: 4, at: after(-30), log: 'gates/x.log' });
  t.is(stateWith({ at: after(-61) })?.state, 'open', 'too old');
  t.is(stateWith({ state: 'failed' })?.state, 'open', 'a failure is asked again');
  t.is(stateWith({ settings: '{}' })?.state, 'open', 'another test');
  t.is(stateWith({ digest: digestOf('other') })?.state, 'open', 'another digest');
});

const standing = (state: GateStanding['state'], more: Partial<GateStanding> = {}): GateStanding => ({
  ...{ gate: 'gpu', image: 'web', state },
  ...more,
});
const gated = (...standings: GateStanding[]): Promotion => ({ ...moving, phase: 'gated', gates: standings });

test('judgeGates() goes on when all have passed, refuses when one failed, and waits for the next look otherwise', t => {
  const passed = judgeGates(gated(standing('passed'), standing('skipped', { gate: 'lint' })), NOW);
  t.like(passed, { phase: 'gated', claim: { by: 'me' } });
  const refused = judgeGates(
    gated(standing('failed', { reason: 'exit status 1' }), standing('open', { gate: 'lint' })),
    NOW,
  );
  t.like(refused, {
    phase: 'refused',
    reason: 'Cannot promote "2026.3-a1": gate "gpu" of web failed (exit status 1)',
  });
  const waits = judgeGates(
    gated(standing('blocked', { again: after(9) }), standing('waiting', { again: after(3) })),
    NOW,
  );
  t.like(waits, { phase: 'gated', claim: undefined, due: after(3) });
});

test('recordAnswer() asks a blocked gate again ever later, until patience ends', t => {
  const answer = { kind: 'blocked', reason: 'nobody answers' } as const;
  const moment = { answer, now: NOW, patience: 3_600_000 };
  const once = recordAnswer(
    gated(standing('open'), standing('open', { image: 'base' })),
    standing('open'),
    moment,
  );
  t.like(once.gates?.[0], { state: 'blocked', tries: 1, again: '2026-03-02T12:00:01.000Z' });
  t.is(once.gates?.[1]?.state, 'open');
  const twice = recordAnswer(once, standing('open'), moment);
  t.like(twice.gates?.[0], { tries: 2, again: '2026-03-02T12:00:02.000Z' });
  t.deepEqual(
    gatesToAsk(twice, NOW).map(({ image }) => image),
    ['base'],
  );
  t.is(gatesToAsk(twice, NOW + 2_000).length, 2);
  const late = recordAnswer(twice, standing('open'), { ...moment, now: NOW + 3_600_000 });
  t.like(late.gates?.[0], { state: 'failed', reason: 'it could not be run in time: nobody answers' });
});

test('takeVoice() hears those who have a voice, each once, while the gate is open', t => {
  const { claim: _, ...waiting } = openGates(moving, known);
  const say = (promotion: Promotion, by: string, approves = true, now = NOW) => {
    const heard = takeVoice(promotion, { gate: 'staff', by, approves }, now);
    return heard.kind === 'heard' ? heard.promotion : heard.reason;
  };
  const once = say(waiting, 'Ada');
  if (typeof once === 'string') return t.fail(once);
  t.is(once.due, AT);
  t.is(once.gates?.at(-1)?.reason, '1 of 2 people of Ada, Grace approved it (so far Ada)');
  const again = say(once, 'Ada', false);
  if (typeof again === 'string') return t.fail(again);
  t.deepEqual(
    again.voices?.map(({ approves }) => approves),
    [false],
  );
  t.is(judgeGates(again, NOW).phase, 'refused');
  t.is(say(waiting, 'Joan'), '"Joan" has no voice there; Ada and Grace have');
  t.is(say(waiting, 'Ada', true, NOW + 7_200_000), `its time ended at ${after(120)}`);
  t.is(say({ ...waiting, phase: 'moved' }, 'Ada'), 'promotion 7 is moved already');
  t.regex(String(say(gated(standing('open')), 'Ada')), /asks no people/);
  t.is(
    say({ ...waiting, claim: { by: 'x', until: after(1) }, due: after(1) }, 'Ada') instanceof Object,
    true,
  );
});

test('words are filled in, and survive a shell', t => {
  const digest = digestOf('web');
  const reference = { registry: 'r.example', repository: 'web', digest };
  const subject = { image: 'web', reference, tag: 'stable' };
  t.deepEqual(fillIn(['a={image}', '{digest} {commit}{tag}', '{other}{report}'], subject, '/r.xml'), [
    `a=r.example/web@${digest}`,
    `${digest} stable`,
    '{other}/r.xml',
  ]);
  t.is(variablesOf(subject)['HEADWAY_IMAGE'], `r.example/web@${digest}`);
  t.true(wantsReport(['--junitxml={report}']));
  t.is(quoteForShell("it's $HOME"), "'it'\\''s $HOME'");
});
