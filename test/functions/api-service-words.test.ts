import test from 'ava';
import { Status } from '../../functions/api/answers.ts';
import { holds, services } from '../../shared/records/collections.ts';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import type { CalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { inRegistry, notify, startOn } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const configuration = shopConfiguration('none');
const image = (commit: string) => digestOf('web', commit, '');
const running = (life: CalmLife) => life.around.target.running()['web'];
const web = (life: CalmLife) => life.get(services, 'place', 'web');

/** Says a word over the service through the API, as somebody with the token. */
async function say(life: CalmLife, word: string, body: object) {
  const { status, json } = await callApiOf(life, configuration, `services/place/${word}`, { body });
  return { status, text: JSON.stringify(json) };
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

test('Holds hold: another person moves a held service only by saying so, and the hold stays', async t => {
  const life = await startOn(['c1', 'c2']);
  const until = new Date(life.around.clock.now() + 86_400_000).toISOString();
  await say(life, 'web/hold', { by: 'ada', why: 'a talk', until });
  t.like(await life.get(holds, 1), {
    scope: { kind: 'service', target: 'place', service: 'web' },
    until: { kind: 'moment', at: until },
  } as object);
  const stopped = await say(life, 'web/rollback', { by: 'bob', why: 'slow' });
  t.is(stopped.status, 422);
  t.regex(stopped.text, /it is held by ada: a talk, until .* \(hold 1\); pastHold/);
  t.is(running(life), image('c2'));
  const past = { by: 'bob', why: 'slow', pastHold: true };
  t.is((await say(life, 'web/rollback', past)).status, 202);
  t.is(running(life), image('c1'));
  t.like(await web(life), { message: 'rolled back: bob: slow (past holds)' });
  t.like(await life.get(holds, 1), { state: 'standing' });
  await notify(life, 'c3');
  t.is(running(life), image('c1'));
  await say(life, 'web/release', { by: 'ada' });
  t.like(await life.get(holds, 1), { state: 'ended', ended: { by: 'ada' } } as object);
  t.is(running(life), image('c3'));
});

test('Holds hold: what was put by hand where a service is held stays, also when headway starts anew', async t => {
  const life = await startOn(['c1']);
  await say(life, 'web/hold', { by: 'ada', why: 'a trial' });
  await life.restart();
  t.like(await web(life), { phase: 'running' }, 'it is looked at all the same');
  life.around.target.restore({ ...life.around.target.running(), web: image('c5') });
  await life.restart();
  await life.later(3_600_000);
  t.is(running(life), image('c5'));
  t.like(await web(life), { phase: 'held', message: 'held by ada: a trial (hold 1)' });
  await say(life, 'web/release', { by: 'ada' });
  t.is(running(life), image('c1'));
});

test('Where everything stands, and why a service runs what it runs, tell of the holds that are over it', async t => {
  const life = await startOn(['c1']);
  const scope = { kind: 'image', image: 'web' };
  const until = { kind: 'commit', repo: 'shop', commit: shaOf('c3') };
  await callApiOf(life, configuration, 'holds', { body: { by: 'ada', why: 'a talk', scope, until } });
  const why = `a talk, until it has commit ${shaOf('c3').slice(0, 12)} of shop`;
  const { json } = await callApiOf(life, configuration, 'status', { method: 'GET' });
  const { tags, services } = Status.parse(json);
  t.like(
    tags.find(tag => tag.image === 'web'),
    { hold: { by: 'ada', why } },
  );
  t.like(
    services.find(({ service }) => service === 'web'),
    { hold: { by: 'ada', why } },
  );
  t.is(services.find(({ service }) => service === 'api')?.hold, undefined);
  const explained = await callApiOf(life, configuration, 'services/web/why', { method: 'GET' });
  t.like(explained.json, { obstacles: { 0: { kind: 'hold', text: `ada holds web: ${why}` } } } as object);
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

test('Another build of the commit that a service was taken back from is the bad commit too', async t => {
  const life = await startOn(['c1', 'c4']);
  await say(life, 'web/rollback', { by: 'ada', why: 'it is slow' });
  const digest = await life.built('web', 'c4', 'nightly');
  await life.notice('web', 'c4', { digest, started_at: '2026-03-02T23:00:00Z' });
  t.is(inRegistry(life), digest, 'the tag has it');
  t.is(running(life), image('c1'));
  const { findings } = await life.survey();
  t.is(findings.find(({ service }) => service === 'web')?.verdict, 'held');
  await life.later(3_600_000);
  t.is(running(life), image('c1'));
  await notify(life, 'c5');
  t.is(running(life), image('c5'));
});

test('A commit older than the one that a service was taken back from is no way forward', async t => {
  const life = await startOn(['c1', 'c2', 'c4']);
  await say(life, 'web/rollback', { by: 'ada', why: 'it is slow', commit: shaOf('c1') });
  const back = { by: 'ada', why: 'it is slow' };
  await callApiOf(life, configuration, 'tags/web/prod/rollback', { body: back });
  t.is(inRegistry(life), image('c2'));
  t.is(running(life), image('c1'));
  await callApiOf(life, configuration, 'tags/web/prod/release', { body: { by: 'ada' } });
  t.is(inRegistry(life), image('c4'));
  t.is(running(life), image('c1'));
  await say(life, 'web/release', { by: 'ada' });
  t.is(running(life), image('c4'));
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
