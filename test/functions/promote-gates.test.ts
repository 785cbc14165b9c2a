import test from 'ava';
import { promotionText } from '../../infra/cli/text/promotion-text.ts';
import { instant } from '../../shared/domain/claims.ts';
import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import { isOver } from '../../shared/domain/promotions/judge-steps.ts';
import { gates, holds, services } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { callJson, sampleApi, TOKEN } from '../helpers/call-api.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { createStack, STABLE, type Stack } from '../helpers/world/stack.ts';

const IMAGES = ['base', 'web'];
const command = { kind: 'command', run: ['pytest'] };
const NOTHING = [undefined, undefined];

/** A stack whose promotions are held by these gates. */
function gatedStack(entries: Readonly<Record<string, object>>): Stack {
  return createStack(IMAGES, { gates: entries, promotions: { gates: Object.keys(entries), patience: '1h' } });
}

const standings = async (stack: Stack, number = 1) =>
  Object.fromEntries(
    ((await stack.read(number))?.gates ?? []).map(({ gate, image, state }) => [
      `${gate} ${image ?? ''}`,
      state,
    ]),
  );

/** Lives of processes until the promotion has ended. */
async function settle(stack: Stack, number: number) {
  for (let lives = 0; lives < 30; lives++) {
    await stack.live();
    const promotion = await stack.read(number);
    if (promotion !== undefined && isOver(promotion)) return promotion;
  }
  throw new Error('It has no end');
}

test('what all gates pass is moved; each result is kept with its output, and not asked for again', async t => {
  const stack = gatedStack({ gpu: { ...command, images: ['web'] }, lint: command });
  await stack.ask();
  await stack.live();
  const promotion = await stack.read(1);
  t.is(promotion?.phase, 'moved');
  t.deepEqual(await standings(stack), { 'gpu web': 'passed', 'lint base': 'passed', 'lint web': 'passed' });
  const [gpu] = promotion?.gates ?? [];
  t.is(stack.around.artifacts.text(gpu?.log ?? ''), 'testing web\nheadway: passed, exit status 0\n');
  const digest = digestOf('web', 'new');
  t.like(await stack.records.get(refTo(gates, 'web', digest, 'gpu')), { state: 'passed', promotion: 1 });
  t.is(stack.around.gates.asked.length, 3);

  await stack.ask({ to: 'stable' });
  await stack.live();
  t.like(await stack.read(2), { phase: 'moved' });
  t.like((await stack.read(2))?.gates?.[0], { gate: 'gpu', state: 'passed', from: 1 });
  t.is(stack.around.gates.asked.length, 3);
});

test('a pass counts for another tag, unless the gate looks at the tag', async t => {
  const stack = gatedStack({ gpu: command, smoke: { ...command, run: ['smoke', '{tag}'] } });
  await stack.ask({ images: ['web'] });
  await stack.live();
  await stack.ask({ images: ['web'], to: 'stable' });
  await stack.live();
  t.is((await stack.read(2))?.phase, 'moved');
  t.deepEqual(stack.around.gates.asked, ['gpu web', 'smoke web', 'smoke web']);
  await stack.ask({ images: ['web'], to: 'stable' });
  await stack.live();
  t.is(stack.around.gates.asked.length, 3);
});

test('one gate that fails refuses the whole stack by name (DH-29), and who promotes again asks again', async t => {
  const stack = gatedStack({ gpu: command });
  const { answers } = stack.around.gates;
  answers.set('gpu', ({ image }) =>
    image === 'web'
      ? { kind: 'failed', reason: 'exit status 1' }
      : { kind: 'passed', reason: 'exit status 0' },
  );
  await stack.ask();
  await stack.live();
  t.like(await stack.read(1), {
    phase: 'refused',
    reason: 'Cannot promote "2026.3-a1239a": gate "gpu" of web failed (exit status 1)',
  });
  t.deepEqual(stack.named(STABLE), NOTHING);
  answers.clear();
  await stack.ask();
  await stack.live();
  t.is((await stack.read(2))?.phase, 'moved');
});

test('a dry run asks no gate, and tells which would be asked and what is known', async t => {
  const stack = gatedStack({ gpu: command });
  await stack.ask({ dryRun: true });
  await stack.live();
  t.deepEqual(await standings(stack), { 'gpu base': 'open', 'gpu web': 'open' });
  t.deepEqual(stack.around.gates.asked, []);
  await stack.ask({ images: ['web'] });
  await stack.live();
  await stack.ask({ dryRun: true, to: 'stable' });
  await stack.live();
  t.deepEqual(await standings(stack, 3), { 'gpu base': 'open', 'gpu web': 'passed' });
  const promotion = await stack.read(3);
  const text = promotion && promotionText(promotion, { paint: (_, words) => words, width: 200 });
  t.regex(
    text ?? '',
    /GATE {2}IMAGE {2}STATE +WHY\ngpu {3}base {3}would be asked\ngpu {3}web +passed +exit status 0; in promotion 2; log: gates\/web/,
  );
});

test('a gate that cannot be run holds the tag, says why, and is asked again until patience ends', async t => {
  const stack = gatedStack({ gpu: command });
  let isAway = true;
  stack.around.gates.answers.set('gpu', () => {
    if (isAway) throw new Error('Cannot reach login.example: it is away, the token is a secret of the tests');
    return { kind: 'passed', reason: 'exit status 0' };
  });
  await stack.ask();
  await stack.live(undefined, { rounds: 3 });
  const promotion = await stack.read(1);
  t.is(promotion?.phase, 'gated');
  t.regex(promotion?.gates?.[0]?.reason ?? '', /login.example: it is away, the token is \(secret\)$/);
  t.deepEqual(stack.named(STABLE), NOTHING);
  isAway = false;
  t.is((await settle(stack, 1)).phase, 'moved');
  isAway = true;
  stack.push('web', '2026.4-b1', 'newer');
  await stack.ask({ from: '2026.4-b1', images: ['web'] });
  t.regex((await settle(stack, 2)).reason ?? '', /it could not be run in time: Cannot reach login.example/);
});

test('who skips a gate says why, and that is on record', async t => {
  const stack = gatedStack({ gpu: command, lint: command });
  stack.around.gates.answers.set('gpu', () => ({ kind: 'failed', reason: 'no GPU is free' }));
  await stack.ask({ images: ['web'], skips: [{ gate: 'gpu', why: 'a fire' }] });
  await stack.live();
  t.is((await stack.read(1))?.phase, 'moved');
  t.like((await stack.read(1))?.gates?.[0], { state: 'skipped', reason: 'Ada said so: a fire' });
  t.deepEqual(stack.around.gates.asked, ['lint web']);
});

test('what moves is what was tested: a source that moved meanwhile changes nothing, a hold does', async t => {
  const stack = gatedStack({ old: { kind: 'age', atLeast: '5m' } });
  const built = instant(stack.around.clock.now());
  for (const image of IMAGES) stack.around.created.set(digestOf(image, 'new'), built);
  await stack.ask();
  await stack.live(undefined, { rounds: 2 });
  t.like(await stack.read(1), { phase: 'gated', gates: [{ state: 'waiting' }, { state: 'waiting' }] });
  stack.push('web', '2026.3-a1239a', 'untested');
  t.is((await settle(stack, 1)).phase, 'moved');
  const tested = IMAGES.map(image => digestOf(image, 'new'));
  t.deepEqual(stack.named(STABLE), tested);

  for (const image of IMAGES)
    stack.around.created.set(digestOf(image, 'newer'), instant(stack.around.clock.now()));
  for (const image of IMAGES) stack.push(image, '2026.3-b2', 'newer');
  await stack.ask({ from: '2026.3-b2' });
  await stack.live(undefined, { rounds: 2 });
  const hold: StandingHold = {
    ...{ number: 1, by: 'Grace', why: 'a fair', since: instant(stack.around.clock.now()), state: 'standing' },
    scope: { kind: 'tag', image: 'web', tag: STABLE },
  };
  await stack.records.transact([], () => ({ result: undefined, writes: [put(holds, hold)] }));
  t.regex((await settle(stack, 2)).reason ?? '', /"2026.3-stable" of web is held by Grace/);
  t.deepEqual(stack.named(STABLE), tested);
});

test('a service shows that an image is healthy by running it for long enough', async t => {
  const stack = gatedStack({
    calm: { kind: 'healthy-for', service: 'staging', atLeast: '10m', deadline: '1d' },
  });
  const observe = (digest: string) => {
    const observed = { digest, at: new Date(stack.around.clock.now()).toISOString() };
    const phase = 'running' as const;
    const staging = {
      target: 'place',
      service: 'staging',
      image: 'web',
      tag: 'edge',
      sequence: 0,
      attempts: 0,
    };
    const writes = [put(services, { ...staging, phase, observed })];
    return stack.records.transact([], () => ({ result: undefined, writes }));
  };
  await observe(digestOf('web', 'old'));
  await stack.ask();
  await stack.live(undefined, { rounds: 3 });
  t.deepEqual(await standings(stack), { 'calm base': 'passed', 'calm web': 'waiting' });
  await observe(digestOf('web', 'new'));
  t.is((await settle(stack, 1)).phase, 'moved');
});

test('people approve by the API, and a refusal ends it; what waits can be withdrawn', async t => {
  const { api, published } = await sampleApi();
  const say = (path: string, body: object) =>
    callJson(api, `/api/v1/promotions/2/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body,
    });
  const once = await say('gates/staff/approve', { by: 'Ada' });
  t.is(once.status, 202);
  t.is(once.json.promotion.gates[1].reason, '1 of 2 people approved it (so far Ada)');
  t.deepEqual(published, [{ topic: 'promotions', collection: 'promotions', key: '00000002' }]);
  t.regex(
    (await say('gates/gpu/approve', { by: 'Ada' })).json.detail,
    /^Cannot approve gate "gpu" of promotion 2: people are asked by "staff"$/,
  );
  t.is((await say('gates/staff/refuse', { by: 'Joan', why: 'no' })).status, 202);
  const withdrawn = await say('undo', { by: 'Ada' });
  t.like(withdrawn.json.promotion, {
    phase: 'refused',
    reason: 'Ada withdrew it before its gates had passed',
  });
  t.is((await say('gates/staff/approve', { by: 'Ada' })).status, 422);
  const skip = { from: '2030.1-b2', skipGates: ['gpu'], why: 'x' };
  const unknown = await callJson(api, '/api/v1/promotions', {
    ...{ method: 'POST', headers: { authorization: `Bearer ${TOKEN}` }, body: skip },
  });
  t.regex(unknown.json.detail, /is not held by gate gpu, but by no gate/);
});
