import { createHash } from 'node:crypto';
import test from 'ava';
import type { GateAnswer } from '../../shared/ports/gate.ts';
import { inMemory, unsettled } from '../helpers/world/line-of-five.ts';
import { type History, shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { createPeople } from '../helpers/world/people.ts';
import type { Fact } from '../helpers/world/run-schedule.ts';
import { onSchedules, type Plan, runPlan } from '../helpers/world/schedules.ts';
import { deliverNotice, deliverPush, noticeOf, pushOf, shopConfiguration } from '../helpers/world/shop.ts';
import { createSurroundings } from '../helpers/world/world.ts';

const LINE = ['c1', 'c2', 'c3', 'c4', 'c5'];
const HISTORY: History = { c1: [], c2: ['c1'], c3: ['c2'], c4: ['c3'], c5: ['c4'] };
const IMAGES = ['web', 'api'];
const TESTS = ['gpu', 'smoke'];
const GATES = [...TESTS, 'people'];

const configuration = shopConfiguration('none', {
  more: {
    gates: {
      gpu: { kind: 'command', run: ['pytest'] },
      smoke: { kind: 'command', run: ['smoke', '{tag}'], images: ['web'] },
      people: { kind: 'approval', count: 2, deadline: '10m' },
    },
    tags: {
      prod: { images: ['web'], gates: GATES },
      stack: { images: IMAGES, whole: true, gates: GATES },
    },
    services: {
      api: { target: 'place', image: 'api', tag: 'stack' },
      jobs: { target: 'place', image: 'web', tag: 'stack' },
    },
  },
});

const FACTS: readonly Fact[] = [
  ...LINE.map((commit, i): Fact => {
    const payload = pushOf(LINE[i - 1], commit);
    return { id: `push ${commit}`, deliver: hooks => deliverPush(hooks, `push-${commit}`, payload) };
  }),
  ...IMAGES.flatMap(image =>
    LINE.map((commit): Fact => {
      const payload = noticeOf(image, commit, { digest: digestOf(image, commit, '') });
      return { id: `notice ${image} ${commit}`, deliver: hooks => deliverNotice(hooks, payload) };
    }),
  ),
];
const IDS = FACTS.map(({ id }) => id);

/** What each gate finds in the end, for ever the same in one life; before that it may be away, or want time, for a while. */
function verdictsOf(seed: number) {
  const chance = (...words: readonly string[]) =>
    (createHash('sha256')
      .update([seed, ...words].join(' '))
      .digest()[0] ?? 0) / 256;
  const passes = (gate: string, image: string, commit: string) =>
    gate === 'smoke' && image !== 'web' ? true : chance('verdict', gate, image, commit) < 0.6;
  const asked = new Map<string, number>();
  return {
    passes,
    passesAll: (image: string, commit: string) => TESTS.every(gate => passes(gate, image, commit)),
    /** What people think of a commit for a tag. */
    think(tag: string, commit: string) {
      const mood = chance('people', tag, commit);
      return mood < 0.65 ? 'yes' : mood < 0.85 ? 'no' : 'nothing';
    },
    answer(gate: string, image: string, commit: string): GateAnswer {
      const key = `${gate} ${image} ${commit}`;
      const times = asked.get(key) ?? 0;
      asked.set(key, times + 1);
      const trouble = chance('trouble', key, String(times));
      if (times < 3 && trouble < 0.1) throw new Error('nobody answers');
      if (times < 3 && trouble < 0.2) return { kind: 'blocked', reason: 'no GPU is free' };
      if (times < 3 && trouble < 0.3) return { kind: 'waiting', reason: 'not yet' };
      return { kind: passes(gate, image, commit) ? 'passed' : 'failed', reason: 'it says so' };
    },
  };
}

async function live(plan: Plan) {
  const around = createSurroundings(HISTORY);
  around.forge.setHead('main', shaOf('c5'));
  const verdicts = verdictsOf(plan.seed);
  const commitOf = (image: string, digest: string) =>
    LINE.find(commit => digestOf(image, commit, '') === digest) ?? '';
  for (const image of IMAGES) {
    for (const commit of LINE) {
      const at = { registry: 'registry.example', repository: `shop/${image}`, tag: shaOf(commit) };
      around.registry.push(at, digestOf(image, commit, ''));
    }
  }
  const passed = new Set<string>();
  for (const gate of TESTS) {
    around.gates.answers.set(gate, ({ image, reference, tag }) => {
      const commit = commitOf(image, reference.digest);
      const answer = verdicts.answer(gate, image, commit);
      if (answer.kind === 'passed') passed.add(`${gate} ${image} ${commit} ${gate === 'smoke' ? tag : ''}`);
      return answer;
    });
  }
  const named = (sha: string) => LINE.find(commit => shaOf(commit) === sha) ?? '';
  const think = (tag: string, sha: string) => verdicts.think(tag, named(sha));
  const people = createPeople({ around, configuration, think });
  const wrong: string[] = [];
  around.registry.onRetag = (name, from, to) => {
    const [, image = '', tag = ''] = /shop\/(\w+):(.+)$/.exec(name) ?? [];
    const commit = commitOf(image, to);
    if (from !== undefined && commitOf(image, from) >= commit) wrong.push(`${name} goes back to ${commit}`);
    if (people.yes(tag, shaOf(commit)).length < 2)
      wrong.push(`${name} goes to ${commit} before people said so`);
    for (const one of tag === 'stack' ? IMAGES : [image]) {
      const unasked = TESTS.filter(gate => gate === 'gpu' || one === 'web').filter(
        gate => !passed.has(`${gate} ${one} ${commit} ${gate === 'smoke' ? tag : ''}`),
      );
      if (unasked.length > 0) wrong.push(`${name} goes to ${commit} before ${unasked.join()} of ${one}`);
    }
  };
  const place = inMemory();
  const acknowledged = await runPlan(plan, {
    facts: FACTS,
    ...{ around, configuration, open: place.open, people: people.look },
  });
  const served = around.registry.tags();
  const on = (image: string, tag: string) => {
    const digest = served[`registry.example/shop/${image}:${tag}`];
    return digest === undefined ? undefined : commitOf(image, digest);
  };
  const lastThat = (tag: string, images: readonly string[]) =>
    LINE.findLast(
      commit =>
        verdicts.think(tag, commit) === 'yes' && images.every(image => verdicts.passesAll(image, commit)),
    );
  const whole = lastThat('stack', IMAGES);
  return {
    seen: {
      wrong,
      acknowledged: acknowledged.size,
      unsettled: unsettled(await place.snapshot()),
      ends: [on('web', 'prod'), on('web', 'stack'), on('api', 'stack')],
    },
    ends: [lastThat('prod', ['web']), whole, whole],
  };
}

test('Whatever gates and people answer, when and in what order, a tag goes to no commit that they refused, to no older one, and ends at the newest that they passed', async t => {
  const ends = new Map<string, number>();
  await onSchedules(IDS, { share: 0.08 }, async plan => {
    const { seen, ends: expected } = await live(plan);
    t.deepEqual(seen, { wrong: [], acknowledged: FACTS.length, unsettled: [], ends: expected });
    ends.set(String(expected[1]), (ends.get(String(expected[1])) ?? 0) + 1);
  });
  t.log(Object.fromEntries([...ends].sort()));
});
