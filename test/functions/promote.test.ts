import test from 'ava';
import { promotionProgress } from '../../infra/cli/text/promotion-progress.ts';
import { promotionText } from '../../infra/cli/text/promotion-text.ts';
import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import { outcomeOf } from '../../shared/domain/promotions/judge-steps.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';
import { holds, services } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { callJson, sampleApi, TOKEN } from '../helpers/call-api.ts';
import { createStack, SOURCE, STABLE, type Stack, statesOf } from '../helpers/world/stack.ts';

const IMAGES = ['base', 'web', 'api'];
const away = (temporary: boolean) =>
  new RegistryError('Cannot look up "x": the registry is away', { temporary, status: temporary ? 503 : 405 });

test('a dry run tells the same, and touches nothing (DH-29)', async t => {
  const stack = createStack(IMAGES);
  stack.push('web', STABLE, 'old');
  stack.push('api', STABLE, 'new');
  const before = stack.around.registry.tags();
  const rehearsal = await stack.ask({ dryRun: true });
  await stack.live();
  t.deepEqual(stack.around.registry.tags(), before);
  t.deepEqual(statesOf(await stack.read(rehearsal)), {
    base: 'would move',
    web: 'would move',
    api: 'unchanged',
  });
  const real = await stack.ask();
  await stack.live();
  t.deepEqual(statesOf(await stack.read(real)), { base: 'moved', web: 'moved', api: 'unchanged' });
  const [told, done] = [await stack.read(rehearsal), await stack.read(real)];
  t.deepEqual(told?.images.map(digests), done?.images.map(digests));
});

test('each image is looked up and tagged once, and nothing is pulled or pushed (DH-10, DH-11)', async t => {
  const images = ['image_1', 'image_2', 'image_3', 'image_4'].map(name => name.replace('_', '-'));
  const stack = createStack(images);
  for (const image of images) stack.push(image, '2099.1-deadbeef', 'new');
  const asked: string[] = [];
  const { registry } = stack.around;
  const { head, retag } = registry;
  registry.head = image => {
    if (image.tag === '2099.1-deadbeef') asked.push(`head ${image.repository}`);
    return head(image);
  };
  registry.retag = (repository, digest, tag, signal) => {
    asked.push(`${tag} ${repository.repository}`);
    return retag(repository, digest, tag, signal);
  };
  const number = await stack.ask({ from: '2099.1-deadbeef' });
  await stack.live();
  t.is((await stack.read(number))?.phase, 'moved');
  t.deepEqual(
    asked.toSorted(),
    images.flatMap(image => [`2099.1-stable stack/${image}`, `head stack/${image}`]).toSorted(),
  );
});

test('a half-built stack moves nothing, and says what is missing', async t => {
  const stack = createStack(IMAGES);
  const number = await stack.ask({ from: '2026.4-b7', images: ['web', 'api'], to: 'stable' });
  stack.push('web', '2026.4-b7', 'newer');
  await stack.live();
  const promotion = await stack.read(number);
  t.deepEqual(statesOf(promotion), { web: 'waiting', api: 'missing' });
  t.is(promotion?.reason, 'Cannot promote "2026.4-b7": api has no such tag; build the whole stack first');
  t.deepEqual(stack.named('stable'), [undefined, undefined, undefined]);
});

test('a registry that is away is asked some times before the promotion is refused', async t => {
  const stack = createStack(IMAGES);
  const { head } = stack.around.registry;
  let asked = 0;
  stack.around.registry.head = async image => {
    if (image.tag === SOURCE && image.repository === 'stack/web' && ++asked < 4) throw away(true);
    return head(image);
  };
  const patient = await stack.ask();
  await stack.live();
  t.is((await stack.read(patient))?.phase, 'moved');
  stack.around.registry.head = () => Promise.reject(away(true));
  const hopeless = await stack.ask({ to: 'stable' });
  await stack.live();
  t.like(await stack.read(hopeless), { phase: 'refused', reason: away(true).message });
});

test('a tag that somebody moved meanwhile is theirs: it is left, and the others go back', async t => {
  const stack = await whileMoving();
  const theirs = stack.push('web', STABLE, 'theirs');
  await stack.live();
  const promotion = await stack.read(1);
  t.like(promotion, { phase: 'incomplete' });
  t.deepEqual(statesOf(promotion), { base: 'as before', web: 'left', api: 'as before' });
  t.regex(promotion?.images[1]?.message ?? '', /^somebody moved "2026.3-stable" to \w{12} meanwhile$/);
  t.deepEqual(stack.named(STABLE), [undefined, theirs, undefined]);
});

test('what a registry refuses even to tell on the way back is left after some tries; what is only away is waited for', async t => {
  const stack = createStack(IMAGES);
  const { head, retag } = stack.around.registry;
  let refused = true;
  stack.around.registry.retag = (place, ...rest) =>
    place.repository === 'stack/api' ? Promise.reject(away(false)) : retag(place, ...rest);
  stack.around.registry.head = async image => {
    const isBack = (await stack.read(1))?.phase === 'going back';
    if (isBack && image.repository === 'stack/web') throw away(!refused);
    return head(image);
  };
  refused = false;
  const number = await stack.ask();
  await stack.live();
  const waiting = await stack.read(number);
  t.like(waiting, { phase: 'going back', lastError: away(true).message });
  t.regex(
    promotionProgress(waiting as NonNullable<typeof waiting>),
    /^promotion 1: Cannot promote .*; it is going back; try \d+ failed: Cannot look up "x": the registry is away$/,
  );
  refused = true;
  await stack.live();
  const promotion = await stack.read(number);
  t.is(promotion?.phase, 'incomplete');
  t.deepEqual(statesOf(promotion), { base: 'as before', web: 'left', api: 'as before' });
  t.is(promotion?.images[1]?.message, away(false).message);
  await t.notThrowsAsync(stack.ask(), 'the tag is free again');
});

test('where the registry cannot take a tag away, a new one is left, and the report says so of each image', async t => {
  const stack = createStack(IMAGES);
  const old = stack.push('base', STABLE, 'old');
  stack.around.registry.untag = () => Promise.reject(away(false));
  const number = await stack.ask();
  await stack.live();
  const undone = await stack.undo(number);
  await stack.live();
  const promotion = await stack.read(undone);
  t.deepEqual(statesOf(promotion), { base: 'moved', web: 'left', api: 'left' });
  t.is(promotion?.phase, 'incomplete');
  t.is(
    outcomeOf(promotion as NonNullable<typeof promotion>),
    '"2026.3-stable" of web and api was left as it is',
  );
  t.is(stack.named(STABLE)[0], old);
});

test('what follows the tag is deployed when a promotion has moved it', async t => {
  const more = {
    tags: { [STABLE]: { images: IMAGES, movedBy: 'registry' } },
    targets: { place: { kind: 'docker' } },
    services: { web: { target: 'place', image: 'web', tag: STABLE } },
  };
  const stack = createStack(IMAGES, more);
  stack.push('web', STABLE, 'old');
  await stack.live(undefined, { adopt: true });
  await stack.ask();
  await stack.live();
  const [, digest] = stack.named(SOURCE);
  t.like(await stack.records.get(refTo(services, 'place', 'web')), {
    phase: 'running',
    observed: { digest },
  });
});

test('a tag that a person holds is not moved', async t => {
  const stack = createStack(IMAGES);
  const hold: StandingHold = {
    ...{ number: 7, by: 'Grace', why: 'a fair', since: '2026-03-01T00:00:00.000Z', state: 'standing' },
    scope: { kind: 'tag', image: 'api', tag: STABLE },
  };
  await stack.records.transact([], () => ({ result: undefined, writes: [put(holds, hold)] }));
  const number = await stack.ask();
  await stack.live();
  t.regex(
    (await stack.read(number))?.reason ?? '',
    /"2026.3-stable" of api is held by Grace: a fair \(hold 7\)/,
  );
  t.deepEqual(stack.named(STABLE), [undefined, undefined, undefined]);
});

test('the report of a promotion lines up', async t => {
  const stack = createStack(IMAGES);
  await stack.ask({ images: ['web', 'api'] });
  await stack.live();
  const promotion = await stack.read(1);
  if (promotion === undefined) return t.fail();
  const [web = '', api = ''] = promotion.images.map(({ digest = '' }) => digest.slice(7, 19));
  t.is(
    promotionText(promotion, { paint: (_, text) => text, width: 80 }),
    [
      'promotion 1: 2026.3-a1239a to 2026.3-stable, moved',
      '',
      'IMAGE  BEFORE  WANTED        NOW           STATE',
      `web    -       ${web}  ${web}  moved`,
      `api    -       ${api}  ${api}  moved`,
      '',
      '"2026.3-stable" of 2 images was moved; 0 were right before',
      'headway undo 1 brings it back',
    ].join('\n'),
  );
});

test('the API stores what is asked for, one at a time for a tag, and refuses what cannot be', async t => {
  const { api, published } = await sampleApi();
  const ask = (body: object, path = '/promotions', headers = { authorization: `Bearer ${TOKEN}` }) =>
    callJson(api, `/api/v1${path}`, { method: 'POST', headers, body });
  t.is((await ask({ from: '2030.1-b2' }, '/promotions', { authorization: 'Bearer x' })).status, 401);
  const asked = await ask({ from: '2030.1-b2', by: 'Ada' });
  t.is(asked.status, 202);
  t.like(asked.json.promotion, { number: 3, by: 'Ada', to: '2030.1-stable', phase: 'asked' });
  t.deepEqual(published, [{ topic: 'promotions', collection: 'promotions', key: '00000003' }]);
  t.is((await ask({ from: '2030.1-b3' })).status, 409);
  t.is((await ask({ by: 'Ada' }, '/promotions/1/undo')).status, 409);
  t.is((await ask({ from: '2030.1-b3', dryRun: true })).status, 202);
  t.is((await ask({}, '/promotions/3/undo')).status, 422, 'it has not ended');
  t.is((await ask({}, '/promotions/9/undo')).status, 404);
  t.regex((await ask({ from: 'x', to: 'prod' })).json.detail, /"prod" of web and api moves by itself/);
  t.regex((await ask({})).json.detail, /"from"/);
  t.regex((await ask({ from: '2030.1-b2', colour: 'red' })).json.detail, /"colour": expected no such/);
  const { json } = await callJson(api, '/api/v1/promotions');
  t.deepEqual(
    json.items.map(({ number }: { number: number }) => number),
    [4, 3, 2, 1],
  );
});

/** A stack whose worker crashed after it had recorded what it was to move, and before it moved anything. */
async function whileMoving(): Promise<Stack> {
  for (let crashAt = 1; crashAt < 200; crashAt++) {
    const stack = createStack(IMAGES);
    await stack.ask();
    await stack.live(crashAt);
    const unmoved = stack.named(STABLE).every(digest => digest === undefined);
    if ((await stack.read(1))?.phase === 'moving' && unmoved) return stack;
  }
  throw new Error('No crash comes between');
}

function digests({ before, digest }: { before?: string | undefined; digest?: string | undefined }) {
  return { before, digest };
}
