import test from 'ava';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import type { CalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { inRegistry, notify, prod, startOn } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const image = (commit: string) => digestOf('web', commit, '');
const say = (life: CalmLife, word: string, body: object, tag = 'web/prod') =>
  callApiOf(life, shopConfiguration('none', { more: MANUAL }), `tags/${tag}/${word}`, { body });
const MANUAL = { tags: { channel: { images: ['web'], follows: 'manual' } } };
const last = async (life: CalmLife) => (await life.ledger('web')).at(-1);

test('A rollback of a tag is at once, is a person’s word in the ledger, and what follows it goes back', async t => {
  const life = await startOn(['c1', 'c2', 'c3']);
  t.is((await say(life, 'rollback', { by: 'ada', why: 'it is slow' })).status, 202);
  t.is(inRegistry(life), image('c2'));
  t.is(life.around.target.running()['web'], image('c2'));
  t.is(await last(life), 'c2 moved: ada took it back: it is slow');
});

test('Holds hold: after a rollback nothing but a commit newer than the bad one moves the tag', async t => {
  const life = await startOn(['c1', 'c4']);
  await say(life, 'rollback', { by: 'ada', why: 'it is slow' });
  await notify(life, 'c2');
  t.is(
    await last(life),
    `c2 refused: ada took prod back from ${shaOf('c4').slice(0, 7)}, and this commit is not newer than that`,
  );
  await life.notice('web', 'c4', { build_id: 'again', started_at: '2026-03-02T23:00:00Z' });
  await life.later(24 * 3_600_000);
  await life.survey();
  t.is(inRegistry(life), image('c1'));
  await notify(life, 'c5');
  t.is(inRegistry(life), image('c5'));
  t.is((await prod(life))?.rolledBack, undefined);
});

test('A rebuild of the bad commit is the bad commit', async t => {
  const life = await startOn(['c1', 'c4']);
  await say(life, 'rollback', { by: 'ada', why: 'it is slow' });
  await life.built('web', 'c4', 'again');
  await life.notice('web', 'c4', {
    digest: digestOf('web', 'c4', 'again'),
    started_at: '2026-03-02T23:00:00Z',
  });
  t.is(
    await last(life),
    `c4 refused: ada took prod back from ${shaOf('c4').slice(0, 7)}, which is this commit`,
  );
  t.is(inRegistry(life), image('c1'));
});

test('A release lets the tag go on to what it was taken back from', async t => {
  const life = await startOn(['c1', 'c3']);
  await say(life, 'rollback', { by: 'ada', why: 'it is slow' });
  t.is(inRegistry(life), image('c1'));
  t.is((await say(life, 'release', { by: 'ada' })).status, 202);
  t.is(inRegistry(life), image('c3'));
  t.regex((await say(life, 'release', { by: 'ada' })).detail, /"web:prod": nobody took it back/);
});

test('Two rollbacks in a row go back two steps, and the way forward is newer than the first bad one', async t => {
  const life = await startOn(['c1', 'c2', 'c4']);
  await say(life, 'rollback', { why: 'slow' });
  await say(life, 'rollback', { why: 'slow too' });
  t.is(inRegistry(life), image('c1'));
  await notify(life, 'c3');
  t.is(inRegistry(life), image('c1'), 'newer than c2, and not than c4');
  await notify(life, 'c5');
  t.is(inRegistry(life), image('c5'));
});

test('A rollback names its commit or digest; forward, nowhere and to what was never built is refused', async t => {
  const life = await startOn(['c1', 'c2', 'c3']);
  t.is((await say(life, 'rollback', { why: 'slow', commit: shaOf('c1') })).status, 202);
  t.is(inRegistry(life), image('c1'));
  t.is((await say(life, 'rollback', { why: 'slow', digest: image('c2') })).status, 422);
  const forward = await say(life, 'rollback', { why: 'slow', commit: shaOf('c3') });
  t.regex(forward.detail, /newer than where it stands; it is no way back/);
  t.regex((await say(life, 'rollback', { why: 'slow', commit: shaOf('c1') })).detail, /it is there already/);
  t.regex(
    (await say(life, 'rollback', { why: 'slow', commit: 'f'.repeat(40) })).detail,
    /has no build of commit/,
  );
  t.is((await say(life, 'rollback', { why: 'slow' }, 'web/nothing')).status, 422);
});

test('A rollback goes past what somebody else put there, and the tag moves by itself again', async t => {
  const life = await startOn(['c1', 'c2']);
  await life.pushTag('web', 'prod', digestOf('web', 'nobody knows', ''));
  t.like(await prod(life), { hold: { by: 'the registry' } });
  t.is((await say(life, 'rollback', { by: 'ada', why: 'not ours', commit: shaOf('c1') })).status, 202);
  t.is(inRegistry(life), image('c1'));
  t.is((await prod(life))?.hold, undefined);
  await notify(life, 'c3');
  t.is(inRegistry(life), image('c3'));
});

test('A diverged commit waits, shows both histories, and is accepted by a person', async t => {
  const life = await startOn(['c5']);
  await life.push('c5', 'r4', { forced: true });
  await notify(life, 'r4');
  life.around.forge.changes = async (_repo, from) => ({
    files: [],
    messages: from === shaOf('r4') ? ['Five\n\nLonger', 'Four'] : ['A fix'],
  });
  const path = `tags/web/prod/candidates/${shaOf('r4')}`;
  const seen = await callApiOf(life, shopConfiguration('none'), path, { method: 'GET' });
  t.like(seen.json, {
    relation: 'diverged',
    candidate: { sha: shaOf('r4'), subject: 'r4' },
    standing: { sha: shaOf('c5'), author: 'Ada' },
    onlyStanding: { 0: 'Five', 1: 'Four', length: 2 },
    onlyCandidate: { 0: 'A fix', length: 1 },
  } as object);
  t.is((await say(life, 'accept', { by: 'ada', commit: shaOf('r4') })).status, 202);
  t.is(inRegistry(life), image('r4'));
  t.is(await last(life), 'r4 moved: accepted by ada');
  const again = await say(life, 'accept', { by: 'ada', commit: shaOf('r4') });
  t.regex(again.detail, /"web:prod": it does not wait there; no commit waits for it/);
});

test('A manual channel moves when people say so, back too, and at no other time', async t => {
  const life = await startOn(['c1', 'c2'], { more: MANUAL });
  const channel = () => life.around.registry.tags()['registry.example/shop/web:channel'];
  t.is(channel(), undefined, 'builds do not move it');
  await life.pushTag('web', 'channel', image('c1'));
  await life.pushTag('web', 'channel', image('c2'));
  t.is((await say(life, 'rollback', { by: 'ada', why: 'slow' }, 'web/channel')).status, 202);
  t.is(channel(), image('c1'));
  await notify(life, 'c3');
  t.is(channel(), image('c1'));
});
