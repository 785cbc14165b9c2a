import test from 'ava';
import { holds, promotions } from '../../shared/records/collections.ts';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const STABLE = '2026.3-stable';
const image = (commit: string) => digestOf('web', commit, '');

/** A life in which `2026.3-stable` of web, which the configuration does not name, was promoted to these commits in turn. */
async function begin(path: readonly string[]) {
  const configuration = shopConfiguration('none', {
    more: {
      tags: { channel: { images: ['web'], follows: 'manual' } },
      gates: { staff: { kind: 'approval' } },
    },
  });
  const life = await startCalmLife({ configuration });
  const call = (where: string, body: object) => callApiOf(life, configuration, where, { body });
  const promote = async (commit: string, more: object = {}) => {
    const at = { registry: 'registry.example', repository: 'shop/web', tag: `2026.3-${commit}` };
    life.around.registry.push(at, image(commit));
    const wish = { from: at.tag, to: STABLE, images: ['web'], by: 'Grace', ...more };
    const { json } = await call('promotions', wish);
    const { number } = json['promotion'] as { readonly number: number };
    return life.get(promotions, number);
  };
  for (const commit of path) await promote(commit);
  return {
    ...life,
    promote,
    call,
    say: (word: string, body: object, tag = STABLE) =>
      call(`tags/web/${tag}/${word}`, { by: 'Ada', ...body }),
    at: (tag = STABLE) => {
      const found = life.around.registry.tags()[`registry.example/shop/web:${tag}`];
      return ['c1', 'c2', 'c3', 'c4'].find(commit => image(commit) === found);
    },
  };
}

test('A promoted tag that the configuration does not name goes back at once to what it was before', async t => {
  const life = await begin(['c1', 'c2', 'c3']);
  const { status, json } = await life.say('rollback', { why: 'it is slow' });
  t.is(status, 202);
  t.like(json, { tag: STABLE, wanted: { digest: image('c2'), by: 'Ada' } });
  t.is(life.at(), 'c2');
  t.like(await life.get(promotions, 4), {
    ...{ phase: 'moved', by: 'Ada', from: STABLE, to: STABLE, takesBack: 'it is slow' },
    images: [{ image: 'web', before: image('c3'), after: image('c2'), state: 'moved' }],
  });
  await life.say('rollback', { why: 'that too' });
  t.is(life.at(), 'c1', 'two in a row go back two steps');
  t.is((await life.get(holds, 1))?.state, 'standing');
  t.is(await life.get(holds, 2), undefined, 'one hold is enough');
  t.regex((await life.say('rollback', { why: 'x' })).detail, /nothing is known to have been there before/);
});

test('It holds: a promotion is refused with the words of the hold, until it is released or goes past it', async t => {
  const life = await begin(['c1', 'c2']);
  await life.say('rollback', { why: 'it is slow' });
  const words =
    'Cannot promote "2026.3-c3": "2026.3-stable" of web is held by Ada: took it back: it is slow (hold 1); release that first, or go past it with pastHold, or --past-hold';
  t.like(await life.promote('c3'), { phase: 'refused', reason: words });
  t.is(life.at(), 'c1');
  t.like(await life.promote('c3', { pastHold: true }), { phase: 'moved' });
  t.is(life.at(), 'c3');
  t.like((await life.say('release', {})).json, { tag: STABLE });
  t.like(await life.get(holds, 1), { state: 'ended', ended: { by: 'Ada' } });
  t.like(await life.promote('c4'), { phase: 'moved' });
  t.is((await life.say('release', {})).status, 404, 'nothing holds it any more');
});

test('It goes back to a named digest or commit, without gates, and a later undo brings it forward', async t => {
  const life = await begin(['c1', 'c2', 'c3']);
  t.is((await life.say('rollback', { why: 'slow', digest: image('c1') })).status, 202);
  t.is(life.at(), 'c1');
  t.is((await life.call('promotions/4/undo', { by: 'Ada', pastHold: true })).status, 202);
  t.is(life.at(), 'c3');
  const unbuilt = await life.say('rollback', { why: 'slow', commit: shaOf('c2') });
  t.regex(unbuilt.detail, /image "web" has no build of commit/);
  await life.say('rollback', { why: 'slow', digest: digestOf('nobody') });
  t.like(await life.get(promotions, 6), {
    ...{ phase: 'refused', reason: `Cannot take "${STABLE}" back: the registry has no such image of web` },
  });
  t.is(life.at(), 'c3');
});

test('What another person holds is not taken back, unless they go past it', async t => {
  const life = await begin(['c1', 'c2']);
  const scope = { kind: 'tag', image: 'web', tag: STABLE };
  await life.call('holds', { by: 'Grace', why: 'a fair', scope });
  t.regex((await life.say('rollback', { why: 'slow' })).detail, /it is held by Grace: a fair \(hold 1\)/);
  t.is(life.at(), 'c2');
  t.is((await life.say('rollback', { why: 'slow', pastHold: true })).status, 202);
  t.is(life.at(), 'c1');
});

test('A tag of the configuration that people move is held too where it was taken back', async t => {
  const life = await begin([]);
  for (const commit of ['c1', 'c2']) await life.promote(commit, { to: 'channel' });
  t.is(life.at('channel'), 'c2');
  t.is((await life.say('rollback', { why: 'slow' }, 'channel')).status, 202);
  t.is(life.at('channel'), 'c1');
  t.regex((await life.promote('c3', { to: 'channel' }))?.reason ?? '', /held by Ada: took it back: slow/);
  t.is((await life.say('release', {}, 'channel')).status, 202);
  t.like(await life.promote('c3', { to: 'channel' }), { phase: 'moved' });
});

test('What never was promoted, and what is no tag, cannot be taken back', async t => {
  const life = await begin(['c1']);
  for (const [tag, body, words] of [
    [
      STABLE,
      {},
      /nothing is known to have been there before; name the commit or digest to go back to, or take the tag away with headway undo 1$/,
    ],
    ['other', {}, /nothing is known to have been there before; name the commit or digest to go back to$/],
    [shaOf('c1'), { digest: image('c1') }, /that is not a tag that moves/],
  ] as const) {
    t.regex((await life.say('rollback', { why: 'x', ...body }, tag)).detail, words);
  }
  t.is(await life.get(holds, 1), undefined, 'nothing is held by what came to nothing');
});
