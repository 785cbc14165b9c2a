import test from 'ava';
import { Status } from '../../functions/api/answers.ts';
import { statusText } from '../../infra/cli/text/status-text.ts';
import type { GateAnswer } from '../../shared/ports/gate.ts';
import { gates, tags } from '../../shared/records/collections.ts';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const IMAGES = ['web', 'api'] as const;
const command = { kind: 'command', run: ['pytest'] };
const PASSED: GateAnswer = { kind: 'passed', reason: 'exit status 0' };
const FAILED: GateAnswer = { kind: 'failed', reason: 'exit status 1' };

const digest = (commit: string, image = 'web') => digestOf(image, commit, '');

/** A life whose `web:prod` stands behind gates, and `stack` of both images as a whole; the branch is at c5. */
async function begin(more: Readonly<Record<string, object>> = { gpu: command }) {
  const configuration = shopConfiguration('none', {
    more: {
      tags: {
        prod: { images: ['web'], gates: Object.keys(more) },
        stack: { images: IMAGES, whole: true, gates: Object.keys(more) },
      },
      gates: more,
      services: {
        api: { target: 'place', image: 'api', tag: 'stack' },
        jobs: { target: 'place', image: 'web', tag: 'stack' },
      },
    },
  });
  const life = await startCalmLife({ configuration });
  await life.push(undefined, 'c5');
  return { ...life, configuration };
}
type Life = Awaited<ReturnType<typeof begin>>;

async function build(life: CalmLife, commit: string, image = 'web') {
  await life.built(image, commit);
  await life.notice(image, commit);
}

/** What the gate says of each commit, by its image; of any other that it passes. */
function answer(life: Life, verdicts: Readonly<Record<string, GateAnswer>>, gate = 'gpu') {
  life.around.gates.answers.set(gate, ({ reference }) => {
    const commit = Object.keys(verdicts).find(each =>
      IMAGES.some(image => digest(each, image) === reference.digest),
    );
    return verdicts[commit ?? ''] ?? PASSED;
  });
}

function commitOf(life: CalmLife, tag = 'prod', image = 'web') {
  const found = life.around.registry.tags()[`registry.example/shop/${image}:${tag}`];
  return ['c1', 'c2', 'c3', 'c4', 'c5'].find(commit => digest(commit, image) === found);
}

test('A tag that follows a branch moves once its gate has passed, and the result is kept', async t => {
  const life = await begin();
  await build(life, 'c1');
  t.is(commitOf(life), 'c1');
  t.like(await life.get(gates, 'web', digest('c1'), 'gpu'), {
    state: 'passed',
    tag: 'prod',
    due: undefined,
    claim: undefined,
  });
  t.deepEqual(life.around.gates.asked, ['gpu web']);
  t.is((await life.get(tags, 'web', 'prod'))?.asks, undefined);
  t.deepEqual(await life.ledger('web'), [
    'c1 waiting: gate "gpu" of web has not answered yet',
    'c1 moved: the first image of the branch',
  ]);
});

test('What a gate refuses stays refused, also when it is told of again, and a newer commit is tried', async t => {
  const life = await begin();
  answer(life, { c2: FAILED });
  for (const commit of ['c1', 'c2']) await build(life, commit);
  t.is(commitOf(life), 'c1');
  t.is((await life.ledger('web')).at(-1), 'c2 refused: gate "gpu" of web failed (exit status 1)');
  await life.notice('web', 'c2', { build_id: 'again' });
  t.is(commitOf(life), 'c1');
  t.like(await life.get(tags, 'web', 'prod'), { candidates: [], due: undefined });
  await build(life, 'c3');
  t.is(commitOf(life), 'c3');
  t.is(life.around.gates.asked.filter(asked => asked === 'gpu web').length, 3);
});

test('A gate that cannot be run blocks, says why, and is asked again; nothing moves meanwhile', async t => {
  const life = await begin();
  await build(life, 'c1');
  let isAway = true;
  life.around.gates.answers.set('gpu', () => {
    if (isAway) throw new Error('Cannot reach login.example: it is away');
    return PASSED;
  });
  await build(life, 'c2');
  await life.later(24 * 3_600_000);
  t.is(commitOf(life), 'c1');
  const why = await callApiOf(life, life.configuration, 'services/place/web/why', { method: 'GET' });
  t.regex(
    JSON.stringify(why),
    /web:prod to \w+ waits: gate \\"gpu\\" of web could not be run: Cannot reach login.example/,
  );
  const { json } = await callApiOf(life, life.configuration, 'status', { method: 'GET' });
  const looks = { url: '', paint: (_: string, text: string) => text, width: 200 };
  t.regex(
    statusText(Status.parse(json), looks),
    /web:prod +\w+ waits: gate "gpu" of web could not be run: Cannot reach login.example/,
  );
  isAway = false;
  await life.later(600_000);
  t.is(commitOf(life), 'c2');
});

test('A newer commit is asked about before an older one that waits, and takes its place', async t => {
  const life = await begin();
  await build(life, 'c1');
  answer(life, { c2: { kind: 'waiting', reason: 'not yet' }, c3: { kind: 'waiting', reason: 'not yet' } });
  await build(life, 'c2');
  await build(life, 'c3');
  await build(life, 'c4');
  t.is(commitOf(life), 'c4');
  await life.later(3_600_000);
  t.is(commitOf(life), 'c4');
  t.true((await life.ledger('web')).includes('c2 refused: prod is 2 commits ahead'));
  t.is((await life.get(gates, 'web', digest('c2'), 'gpu'))?.due, undefined, 'nobody asks any more');
});

test('The newest is asked about first also where the tag stands nowhere yet', async t => {
  const life = await begin();
  const waiting: GateAnswer = { kind: 'waiting', reason: 'not yet' };
  answer(life, { c1: waiting, c2: waiting });
  await build(life, 'c1');
  await build(life, 'c2');
  t.like(await life.get(tags, 'web', 'prod'), { asks: [{ gate: 'gpu', digest: digest('c2') }] });
});

test('When the newest is refused, the next older one that waits has its turn', async t => {
  const life = await begin();
  await build(life, 'c1');
  const waiting: GateAnswer = { kind: 'waiting', reason: 'not yet' };
  answer(life, { c2: waiting, c3: waiting });
  await build(life, 'c2');
  await build(life, 'c3');
  answer(life, { c3: FAILED });
  await life.later(60_000);
  t.is(commitOf(life), 'c2');
});

test('A tag that moves as a whole moves when every image has passed, and stays when one is refused', async t => {
  const life = await begin();
  for (const image of IMAGES) await build(life, 'c1', image);
  t.is(`${commitOf(life, 'stack')} ${commitOf(life, 'stack', 'api')}`, 'c1 c1');
  life.around.gates.answers.set('gpu', ({ reference }) =>
    reference.digest === digest('c2', 'api') ? FAILED : PASSED,
  );
  for (const image of IMAGES) await build(life, 'c2', image);
  t.is(`${commitOf(life, 'stack')} ${commitOf(life, 'stack', 'api')}`, 'c1 c1');
  t.is(
    (await life.ledger('web', 'stack')).at(-1),
    'c2 refused: stack moves as a whole, and api stays: gate "gpu" of api failed (exit status 1)',
  );
  for (const image of IMAGES) await build(life, 'c3', image);
  t.is(`${commitOf(life, 'stack')} ${commitOf(life, 'stack', 'api')}`, 'c3 c3');
});

test('An image whose time has to show it waits for that', async t => {
  const life = await begin({ old: { kind: 'age', atLeast: '2h' } });
  life.around.created.set(digest('c1'), new Date(life.around.clock.now()).toISOString());
  await build(life, 'c1');
  await life.later(3_600_000);
  t.is(commitOf(life), undefined);
  await life.later(3_700_000);
  t.is(commitOf(life), 'c1');
});

test('A person asks a gate by the API: what it refused before and passes now is tried again', async t => {
  const life = await begin();
  answer(life, { c2: FAILED });
  for (const commit of ['c1', 'c2']) await build(life, commit);
  const ask = (body: object) => callApiOf(life, life.configuration, 'gates/gpu/ask', { body });
  t.is((await ask({ image: 'web' })).status, 202);
  t.like(await life.get(gates, 'web', digest('c2'), 'gpu'), {
    state: 'failed',
    by: undefined,
    due: undefined,
  });
  t.is(commitOf(life), 'c1');
  answer(life, {});
  const { status, json } = await ask({ by: 'Ada', image: 'web', version: digest('c2') });
  t.is(status, 202);
  t.like(json, { state: 'open', by: 'Ada', digest: digest('c2') });
  t.is(commitOf(life), 'c2');
  t.like(await life.get(gates, 'web', digest('c2'), 'gpu'), { state: 'passed', by: undefined });
});

test('An answer that looks at the tag holds for that tag alone', async t => {
  const life = await begin({ smoke: { kind: 'command', run: ['smoke', '{tag}'] } });
  const tagsAsked: string[] = [];
  life.around.gates.answers.set('smoke', ({ tag }) => {
    tagsAsked.push(tag);
    return tag === 'stack' ? FAILED : PASSED;
  });
  for (const image of IMAGES) await build(life, 'c1', image);
  t.is(commitOf(life), 'c1');
  t.is(commitOf(life, 'stack'), undefined);
  t.deepEqual(tagsAsked.toSorted(), ['prod', 'stack', 'stack']);
  t.like(await life.get(gates, 'web', digest('c1'), 'smoke:prod'), { state: 'passed', ofTag: true });
  const unnamed = await callApiOf(life, life.configuration, 'gates/smoke/ask', { body: { image: 'web' } });
  t.is(
    unnamed.detail,
    'Cannot ask gate "smoke" about "web": its answer holds for one tag alone; name the tag that would move',
  );
});

test('What nobody waits for any more is not asked', async t => {
  const life = await begin();
  await build(life, 'c1');
  answer(life, { c2: { kind: 'blocked', reason: 'no GPU is free' } });
  await build(life, 'c2');
  await life.later(3_600_000);
  await build(life, 'c3');
  t.is(commitOf(life), 'c3');
  const asked = life.around.gates.asked.length;
  await life.later(24 * 3_600_000);
  t.is(life.around.gates.asked.length, asked);
  t.is((await life.get(gates, 'web', digest('c2'), 'gpu'))?.due, undefined);
});

test('What is asked about an image that the configuration does not name any more rests', async t => {
  const life = await begin();
  const at = new Date(life.around.clock.now()).toISOString();
  const asked = { image: 'gone', digest: digest('c1', 'gone'), gate: 'gpu', by: 'Ada', settings: '{}' };
  const question = { ...asked, state: 'open', reason: 'it has not answered yet', startedAt: at, at } as const;
  await life.put(gates, { ...question, due: at, attempts: 0 });
  await life.later(60_000);
  t.like(await life.get(gates, 'gone', asked.digest, 'gpu'), { due: undefined, attempts: 0 });
  t.deepEqual(life.around.gates.asked, []);
});
