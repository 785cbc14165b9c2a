import test from 'ava';
import type { GateConfiguration } from '../../shared/domain/configuration/gates.ts';
import type { GateResult } from '../../shared/domain/documents/gate.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { countVoices, openQuestion } from '../../shared/domain/gates/gate-questions.ts';
import { settingsText } from '../../shared/domain/gates/gate-results.ts';
import { judgePassage } from '../../shared/domain/gates/judge-passage.ts';
import { isWanted, questionsOf } from '../../shared/domain/gates/questions-of-tag.ts';
import { takeTagVoice } from '../../shared/domain/gates/take-tag-voice.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';

const now = Date.parse('2026-03-02T12:00:00.000Z');
const after = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
const settings: GateConfiguration = {
  ...{ kind: 'approval', count: 2, from: ['Ada', 'Grace', 'Joan'], deadline: '2h' },
};
const candidate = (commit: string) => ({ commit: shaOf(commit), digest: digestOf('web', commit) });
const ask = (commit: string) => ({ gate: 'staff', digest: digestOf('web', commit), people: shaOf(commit) });
const tag: Tag = {
  ...{ image: 'web', tag: 'prod', candidates: [candidate('c1')], asks: [ask('c1')] },
  ...{ attempted: [], sequence: 0, attempts: 0 },
};
const open = (commit = 'c1') =>
  openQuestion(undefined, { ...candidate(commit), image: 'web', gate: 'staff', tag: 'prod', settings }, now);
const gates = (...results: readonly GateResult[]) => ({ named: [{ name: 'staff', settings }], results });

type Words = readonly (readonly [by: string, approves?: boolean])[];
/** What each of several words leads to, spoken ten minutes apart. */
function say(words: Words, question = open(), on: Tag = tag) {
  let found = question;
  for (const [i, [by, approves = true]] of words.entries()) {
    const said = takeTagVoice(
      { found: [found], tags: [on], settings },
      { by, approves },
      now + (i + 1) * 600_000,
    );
    if (said.kind === 'refused') return said.reason;
    const [heard] = said.questions;
    if (heard === undefined) return 'nothing';
    found = countVoices(heard, now + (i + 1) * 600_000);
  }
  return `${found.state}: ${found.reason}`;
}

const comesTo = test.macro({
  exec(t, words: Words, expected: string, question?: GateResult, on?: Tag) {
    t.is(say(words, question, on), expected);
  },
  title: words => `takeTagVoice() of ${words}`,
});
const OF = 'people of Ada, Grace, Joan approved it';
test('nobody', comesTo, [], `waiting: 0 of 2 ${OF}`);
test('one person', comesTo, [['Ada']], `waiting: 1 of 2 ${OF} (so far Ada)`);
test('one person twice', comesTo, [['Ada'], ['Ada']], `waiting: 1 of 2 ${OF} (so far Ada)`);
test('two people', comesTo, [['Ada'], ['Grace']], 'passed: approved by Ada, Grace');
test('a yes and a no', comesTo, [['Ada'], ['Grace', false]], 'failed: Grace refused it');
test('somebody without a voice', comesTo, [['Eve']], '"Eve" has no voice there; Ada, Grace and Joan have');
test(
  'somebody after it has passed',
  comesTo,
  [['Ada'], ['Grace'], ['Joan']],
  'it has passed already: approved by Ada, Grace',
);
test('somebody after its time', comesTo, [['Ada']], `its time ended at ${after(5)}`, {
  ...open(),
  approval: { count: 2, until: after(5) },
});
const unasked = 'nobody is asked about that commit now; headway status says what is asked';
test('somebody under other settings', comesTo, [['Ada']], unasked, { ...open(), settings: '{}' });
test('somebody when the tag is elsewhere', comesTo, [['Ada']], unasked, open(), {
  ...{ ...tag, candidates: [], asks: undefined },
});
test(
  'two people about what is behind a newer commit',
  comesTo,
  [['Ada'], ['Grace']],
  'passed: approved by Ada, Grace',
  open(),
  { ...tag, candidates: [candidate('c1'), candidate('c2')], asks: [ask('c2')] },
);

test('judgePassage() says who must approve what until when, and how', t => {
  const { asks: _, ...unasked } = tag;
  const passage = judgePassage(unasked, candidate('c1'), { gates: gates(), now });
  t.deepEqual(passage, {
    kind: 'open',
    reason: `gate "staff" of web waits: 0 of 2 ${OF}; until ${after(120)} people say so with headway approve web:prod@${shaOf('c1').slice(0, 7)} staff`,
    asks: [ask('c1')],
  });
  const passed: GateResult = { ...open(), state: 'passed', reason: 'approved' };
  t.is(judgePassage(tag, candidate('c1'), { gates: gates(passed), now }).kind, 'passed');
  t.is(
    judgePassage(tag, candidate('c1'), { gates: gates({ ...passed, state: 'failed' }), now }).kind,
    'failed',
  );
});

test('people have their time from when the tag asks them, though a newer commit came between', t => {
  const hour = now + 3_600_000;
  const [question] = questionsOf(tag, { ...gates(), before: { ...tag, asks: undefined } }, now);
  t.like(question, { state: 'waiting', commit: shaOf('c1'), due: after(0), approval: { until: after(120) } });
  if (question === undefined) return;
  t.deepEqual(questionsOf(tag, { ...gates(question), before: tag }, hour), [], 'it is asked already');
  const [again] = questionsOf(tag, { ...gates(question), before: { ...tag, asks: [ask('c2')] } }, hour);
  t.is(again?.approval?.until, after(180));
  t.is(again?.settings, settingsText(settings));
});

test('isWanted() lets rest what no tag asks, until people have decided', t => {
  const behind = { ...tag, candidates: [candidate('c1'), candidate('c2')], asks: [ask('c2')] };
  t.true(isWanted(open(), [tag]));
  t.false(isWanted(open(), [behind]));
  const no = { by: 'Ada', at: after(0), approves: false };
  t.true(isWanted({ ...open(), voices: [no] }, [behind]));
  t.false(isWanted({ ...open(), tag: 'stack' }, [tag]), 'a voice is for one tag alone');
});
