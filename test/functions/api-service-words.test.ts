import test from 'ava';
import { createApi } from '../../functions/api/handler.ts';
import { services } from '../../shared/records/collections.ts';
import { signatures } from '../../shared/runtime/signatures.ts';
import { silentLog as log } from '../helpers/silent-log.ts';
import type { CalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { notify, startOn } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const image = (commit: string) => digestOf('web', commit, '');
const running = (life: CalmLife) => life.around.target.running()['web'];
const web = (life: CalmLife) => life.get(services, 'place', 'web');

/** Says a word over the service through the API, as somebody with the token. */
async function say(life: CalmLife, word: string, wish: object) {
  const api = createApi({
    records: life.records,
    configuration: shopConfiguration('none'),
    hints: { publish: async () => {}, listen: () => async () => {} },
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
    method: 'POST',
    path: `/api/v1/services/place/${word}`,
    query: new URLSearchParams(),
    headers: { host: '127.0.0.1', authorization: 'Bearer a-token', 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify(wish)),
    signal: new AbortController().signal,
  });
  await life.later(1_000);
  return { status: answer.status, text: String(answer.body) };
}

test('Holds hold: a service that a person holds stays, until it is released', async t => {
  const life = await startOn(['c1']);
  t.is((await say(life, 'web/hold', { by: 'ada', why: 'a talk' })).status, 202);
  await notify(life, 'c2');
  await life.later(3_600_000);
  t.is(running(life), image('c1'));
  t.is((await say(life, 'web/release', {})).status, 202);
  t.is(running(life), image('c2'));
});

test('A hold with an end ends by itself', async t => {
  const life = await startOn(['c1']);
  const until = new Date(life.around.clock.now() + 60_000).toISOString();
  t.is((await say(life, 'web/hold', { why: 'a talk', until })).status, 202);
  await notify(life, 'c2');
  t.is(running(life), image('c1'));
  await life.later(60_000);
  t.is(running(life), image('c2'));
});

test('A rollback is at once, holds, and the way forward is something newer', async t => {
  const life = await startOn(['c1', 'c2']);
  t.is((await say(life, 'web/rollback', { by: 'ada', why: 'it is slow' })).status, 202);
  t.is(running(life), image('c1'));
  t.like(await web(life), { phase: 'held', message: 'rolled back: ada: it is slow' });
  await life.later(3_600_000);
  t.is(running(life), image('c1'));
  await notify(life, 'c3');
  t.is(running(life), image('c3'));
});

test('A rollback may name its commit; one that was never built is refused with a sentence', async t => {
  const life = await startOn(['c1', 'c2', 'c3']);
  t.is((await say(life, 'web/rollback', { why: 'it is slow', commit: shaOf('c1') })).status, 202);
  t.is(running(life), image('c1'));
  const refused = await say(life, 'web/rollback', { why: 'it is slow', commit: 'f'.repeat(40) });
  t.is(refused.status, 422);
  t.regex(refused.text, /has no build of commit ffffffffffff/);
});

test('A word over a service that is not there, or without a reason, is refused', async t => {
  const life = await startOn(['c1']);
  t.is((await say(life, 'nobody/hold', { why: 'a talk' })).status, 404);
  t.is((await say(life, 'web/hold', {})).status, 400);
});
