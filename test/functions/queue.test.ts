import test from 'ava';
import { createApi } from '../../functions/api/handler.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { builds, queuePauses } from '../../shared/records/collections.ts';
import { signatures } from '../../shared/runtime/signatures.ts';
import { silentLog as log } from '../helpers/silent-log.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const C1 = shaOf('c1');

/** Asks the API as somebody with the token, or without. */
async function ask(
  life: CalmLife,
  path: string,
  { body, token = 'a-token' }: { body?: object; token?: string } = {},
) {
  const api = createApi({
    records: life.records,
    configuration: shopConfiguration(),
    hints: life.hints(),
    forge: life.around.forge,
    clock: life.around.clock,
    log,
    signatures,
    token: 'a-token',
    loopback: true,
    version: 'test',
    assets: new Map(),
    artifacts: life.around.artifacts,
  });
  const answer = await api({
    method: body === undefined ? 'GET' : 'POST',
    path: `/api/v1/${path}`,
    query: new URLSearchParams(),
    headers: { host: '127.0.0.1', authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body)),
    signal: new AbortController().signal,
  });
  return { status: answer.status, json: JSON.parse(String(answer.body)) };
}

/** Asks for a change, and lets everything that follows happen. */
async function say(life: CalmLife, path: string, body: object = { by: 'ada' }) {
  const answer = await ask(life, path, { body });
  await life.settle();
  return answer;
}

/** The queue as one line for each build. */
async function queued(life: CalmLife): Promise<string[]> {
  const { json } = await ask(life, 'queue');
  type Item = { image: string; status: string; priority?: number; waits?: { text: string } };
  return json.items.map(({ image, status, waits }: Item) => `${image} ${status} ${waits?.text ?? ''}`.trim());
}

const get = (life: CalmLife, image: string, commit = 'c1') => life.get(builds, image, shaOf(commit));
const pause = { by: 'ada', why: 'the disk is full' };

/** The builder fails for an image until it is mended. */
function breaking(life: CalmLife, image: string) {
  const { build } = life.around.builder;
  life.around.builder.build = async (order, ...rest) => {
    if (order.image.repository === `shop/${image}`) throw new BuildFailure('the Dockerfile is broken');
    return build(order, ...rest);
  };
  return () => {
    life.around.builder.build = build;
  };
}

test('A paused queue begins nothing and says so, and goes on at once when it is resumed', async t => {
  const life = await startCalmLife();
  t.is((await say(life, 'queue/pause', pause)).status, 202);
  await life.push(undefined, 'c1');
  t.deepEqual(await queued(life), [
    'base waiting since builds are paused by ada: the disk is full',
    'api waiting for base, which is waiting',
    'web waiting for base, which is waiting',
  ]);
  t.like((await ask(life, 'queue')).json, { paused: pause });
  t.like(await get(life, 'base'), { lastError: 'builds are paused by ada: the disk is full' });
  t.is((await say(life, 'queue/resume', { by: 'grace' })).status, 202);
  t.like(await get(life, 'web'), { status: 'succeeded', lastError: undefined });
  t.deepEqual(await queued(life), []);
  t.like(await life.get(queuePauses, 'builds'), { paused: undefined, resumed: { by: 'grace' } });
  t.is((await say(life, 'queue/resume')).status, 422);
});

test('What waited for the end of a pause is begun by the word itself, not when the sweep comes by', async t => {
  const life = await startCalmLife();
  await say(life, 'queue/pause', pause);
  await life.push(undefined, 'c1');
  t.is((await ask(life, 'queue/resume', { body: { by: 'ada' } })).status, 202);
  await life.hints().idle();
  for (const image of ['base', 'web', 'api']) t.like(await get(life, image), { status: 'succeeded' });
});

test('A resume does not cut a quiet period short', async t => {
  const plain = shopConfiguration();
  const shop = plain.repos['shop'];
  if (shop === undefined) return t.fail();
  const repos = { shop: { ...shop, builds: { ...shop.builds, quiet: '1m' } } };
  const life = await startCalmLife({ configuration: { ...plain, repos } });
  await life.push(undefined, 'c1');
  t.is((await queued(life))[0], 'base waiting for a newer push of its branch');
  await say(life, 'queue/pause', pause);
  await say(life, 'queue/resume');
  t.like(await get(life, 'base'), { status: 'waiting' });
  await life.later(61_000);
  t.like(await get(life, 'base'), { status: 'succeeded' });
});

test('A cancelled build says by whom and why, what stands on it gives up, and a retry brings all of it back', async t => {
  const life = await startCalmLife();
  await say(life, 'queue/pause', pause);
  await life.push(undefined, 'c1');
  const cancelled = await say(life, `builds/base/${C1}/cancel`, { by: 'ada', why: 'a typo' });
  t.is(cancelled.status, 202);
  t.like(await get(life, 'base'), { status: 'cancelled', lastError: 'cancelled by ada: a typo' });
  t.like((await get(life, 'base'))?.steps.at(-1), { name: 'cancelled', message: 'by ada: a typo' });
  t.like(await get(life, 'web'), {
    status: 'failed',
    lastError: 'its parent base was cancelled at this commit',
  });
  t.deepEqual(await queued(life), []);
  const early = await say(life, `builds/web/${C1}/retry`);
  t.is(early.status, 422);
  t.regex(early.json.detail, /its parent base was cancelled at this commit; retry that one first$/);
  await say(life, `builds/base/${C1}/retry`);
  await say(life, 'queue/resume');
  for (const image of ['base', 'web', 'api']) t.like(await get(life, image), { status: 'succeeded' });
});

test('A build that is cancelled under way stays so, whatever its builder still does', async t => {
  const life = await startCalmLife();
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const { build } = life.around.builder;
  life.around.builder.build = async (...order) => {
    begun.resolve();
    await ended.promise;
    return build(...order);
  };
  const pushed = life.push(undefined, 'c1');
  await begun.promise;
  t.is((await queued(life))[0], 'base building');
  t.is((await ask(life, `builds/base/${C1}/cancel`, { body: { by: 'ada' } })).status, 202);
  ended.resolve();
  await pushed;
  t.like(await get(life, 'base'), { status: 'cancelled', digest: undefined });
  t.like(await get(life, 'web'), { status: 'failed' });
  await say(life, `builds/base/${C1}/retry`);
  t.like(await get(life, 'web'), { status: 'succeeded' });
});

test('A retry after a failure revives what gave up; one after a success builds anew, and keeps the image until then', async t => {
  const life = await startCalmLife();
  const mend = breaking(life, 'base');
  await life.push(undefined, 'c1');
  t.like(await get(life, 'web'), { status: 'failed' });
  mend();
  await say(life, `builds/base/${C1}/retry`);
  t.like(await get(life, 'web'), { status: 'succeeded' });
  const first = await get(life, 'web');
  await say(life, 'queue/pause', pause);
  await say(life, `builds/web/${C1}/retry`, { by: 'grace' });
  t.like(await get(life, 'web'), {
    status: 'waiting',
    digest: first?.digest,
    reasons: ['grace wants it built anew'],
  });
  await life.notice('web', 'c1', { digest: first?.digest });
  t.like(await get(life, 'web'), { status: 'waiting' }, 'what is told again is not its end');
  await say(life, 'queue/resume');
  const again = await get(life, 'web');
  t.like(again, { status: 'succeeded' });
  t.not(again?.buildId, first?.buildId);
  t.deepEqual(
    again?.steps.map(({ name }) => name).filter(name => name === 'retried' || name === 'pushed'),
    ['pushed', 'retried', 'pushed'],
  );
});

test('What is built anew and fails leaves the image that there is', async t => {
  const life = await startCalmLife();
  await life.push(undefined, 'c1');
  const first = await get(life, 'web');
  breaking(life, 'web');
  await say(life, `builds/web/${C1}/retry`);
  t.like(await get(life, 'web'), { status: 'failed', digest: first?.digest });
  t.is(life.around.target.running()['web'], first?.digest);
});

test('A build that is moved first goes first, and so does the parent that it waits for', async t => {
  const life = await startCalmLife();
  await say(life, 'queue/pause', pause);
  await life.push(undefined, 'c1');
  await life.push('c1', 'c2');
  const moved = await say(life, `builds/web/${shaOf('c2')}/move`, { by: 'ada', to: 'first' });
  t.like(moved.json, { priority: 1 });
  t.like((await get(life, 'web', 'c2'))?.steps.at(-1), { message: 'to be first (priority 1) by ada' });
  t.like(await get(life, 'base', 'c2'), { priority: 1 });
  const { json } = await ask(life, 'queue');
  t.deepEqual(
    json.items.slice(0, 3).map(({ image, commit }: { image: string; commit: string }) => [image, commit]),
    [
      ['base', shaOf('c2')],
      ['base', C1],
      ['web', shaOf('c2')],
    ],
  );
  t.like((await say(life, `builds/base/${shaOf('c2')}/move`, { to: 'last' })).json, { priority: -1 });
  t.like((await say(life, `builds/base/${C1}/move`, { to: 7 })).json, { priority: 7 });
  await say(life, 'queue/resume');
  const late = await say(life, `builds/base/${C1}/move`, { to: 'first' });
  t.is(late.status, 422);
  t.regex(late.json.detail, /^Cannot move the build of "base:\w{12}": it succeeded already$/);
});

test('Words over builds want the token, a build that is there, and one that they fit', async t => {
  const life = await startCalmLife();
  await life.push(undefined, 'c1');
  for (const path of ['queue/pause', 'queue/resume', `builds/web/${C1}/cancel`]) {
    const refused = await ask(life, path, { body: { by: 'eve', why: 'mischief' }, token: 'another' });
    t.is(refused.status, 401, path);
  }
  t.is((await say(life, `builds/web/${shaOf('c5')}/cancel`)).status, 404);
  t.regex((await say(life, `builds/web/${C1}/cancel`)).json.detail, /it succeeded already$/);
  t.is((await say(life, `builds/jobs/${C1}/cancel`)).status, 202);
  t.regex((await say(life, `builds/jobs/${C1}/retry`)).json.detail, /others build this image/);
});

test('What fails is the build that was begun, not the one that gave way to it', async t => {
  const life = await startCalmLife({ builds: 1 });
  const due = new Date(life.around.clock.now()).toISOString();
  const waits = { image: 'base', repo: 'shop', status: 'waiting' as const, steps: [], attempts: 0, due };
  await life.put(builds, { ...waits, commit: C1 });
  await life.put(builds, { ...waits, commit: shaOf('c2'), priority: 1 });
  const begun: string[] = [];
  const { build } = life.around.builder;
  life.around.builder.build = async (order, ...rest) => {
    begun.push(order.image.tag ?? '');
    if (begun.length === 1) throw new Error('503 from the registry');
    return build(order, ...rest);
  };
  await life.settle();
  t.deepEqual(begun, [shaOf('c2'), C1]);
  t.like(await get(life, 'base', 'c2'), {
    attempts: 1,
    lastError: '503 from the registry',
    claim: undefined,
  });
  t.like(await get(life, 'base'), { status: 'succeeded', attempts: 0, lastError: undefined });
  await life.later(2_000);
  t.like(await get(life, 'base', 'c2'), { status: 'succeeded' });
});
