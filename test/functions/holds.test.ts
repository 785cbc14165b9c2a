import test from 'ava';
import { ConfigurationShape } from '../../shared/domain/configuration/schema.ts';
import { gates, holds, promotions, services, tags } from '../../shared/records/collections.ts';
import { callApiOf } from '../helpers/world/call-api-of.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { inRegistry, notify, prod, startOn } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const { gates: named } = ConfigurationShape.parse({ gates: { gpu: { kind: 'command', run: ['pytest'] } } });
const configuration = { ...shopConfiguration('none'), gates: named };
const image = (commit: string) => digestOf('web', commit, '');
const running = (life: CalmLife) => life.around.target.running()['web'];
const hold = (life: CalmLife, scope: object, until?: object) =>
  callApiOf(life, configuration, 'holds', {
    body: { by: 'ada', why: 'a talk', scope, ...(until !== undefined && { until }) },
  });
const release = (life: CalmLife, number: number) =>
  callApiOf(life, configuration, `holds/${number}/release`, { body: { by: 'ada' } });
const moment = (life: CalmLife, seconds: number) =>
  new Date(life.around.clock.now() + seconds * 1_000).toISOString();
const last = async (life: CalmLife) => (await life.ledger('web')).at(-1);

const stops = test.macro({
  async exec(t, scope: object, { tag, service }: { readonly tag: boolean; readonly service: boolean }) {
    const life = await startOn(['c1']);
    t.is((await hold(life, scope)).status, 202);
    await notify(life, 'c2');
    await life.later(3_600_000);
    await life.survey();
    t.is(inRegistry(life), image(tag ? 'c1' : 'c2'));
    t.is(running(life), image(service ? 'c1' : 'c2'));
    if (tag) t.is(await last(life), 'c2 waiting: held by ada: a talk (hold 1)');
    else if (service) t.like(await web(life), { message: 'held by ada: a talk (hold 1)' });
    t.is((await release(life, 1)).status, 202);
    t.is(inRegistry(life), image('c2'));
    t.is(running(life), image('c2'), 'what waited goes on at once');
  },
  title: name => `Holds hold: a hold over ${name}`,
});
const web = (life: CalmLife) => life.get(services, 'place', 'web');
const BOTH = { tag: true, service: true };
test('everything', stops, { kind: 'everything' }, BOTH);
test('an image', stops, { kind: 'image', image: 'web' }, BOTH);
test('a tag of an image', stops, { kind: 'tag', image: 'web', tag: 'prod' }, BOTH);
test('a tag of all images', stops, { kind: 'tag', tag: 'prod' }, BOTH);
test('a service', stops, { kind: 'service', target: 'place', service: 'web' }, { tag: false, service: true });
test('a target', stops, { kind: 'target', target: 'place' }, { tag: false, service: true });
test('another image', stops, { kind: 'image', image: 'api' }, { tag: false, service: false });

test('A hold that ends at a moment ends by itself, soon after it', async t => {
  const life = await startOn(['c1']);
  await hold(life, { kind: 'everything' }, { kind: 'moment', at: moment(life, 3_600) });
  await notify(life, 'c2');
  await life.later(3_500_000);
  t.is(inRegistry(life), image('c1'));
  await life.later(120_000);
  t.is(running(life), image('c2'));
  t.like(await life.get(holds, 1), { state: 'ended', ended: { by: 'headway' } } as object);
});

test('A hold until a commit lets pass what contains it, and then has ended', async t => {
  const life = await startOn(['c1']);
  await hold(life, { kind: 'image', image: 'web' }, { kind: 'commit', repo: 'shop', commit: shaOf('c3') });
  await notify(life, 'c2');
  t.is(inRegistry(life), image('c1'));
  t.is(
    await last(life),
    `c2 waiting: held by ada: a talk, until it has commit ${shaOf('c3').slice(0, 12)} of shop (hold 1)`,
  );
  await notify(life, 'c4');
  t.is(inRegistry(life), image('c4'));
  t.is(running(life), image('c4'));
  t.like(await life.get(holds, 1), { state: 'ended' });
});

test('A hold until a gate is green ends with its next pass, and with no other', async t => {
  const life = await startOn(['c1']);
  await hold(life, { kind: 'tag', tag: 'prod' }, { kind: 'gate', gate: 'gpu', image: 'web' });
  await notify(life, 'c2');
  const result = {
    ...{ image: 'web', digest: image('c2'), gate: 'gpu', reason: 'it says so', settings: '{}', promotion: 1 },
    startedAt: moment(life, 0),
    at: moment(life, 1),
    attempts: 0,
  };
  await life.put(gates, { ...result, state: 'failed' });
  await life.later(3_600_000);
  t.is(inRegistry(life), image('c1'));
  await life.put(gates, { ...result, state: 'passed', at: moment(life, 1) });
  await life.later(3_600_000);
  t.is(inRegistry(life), image('c2'));
});

test('A person moves past a hold only by saying so', async t => {
  const life = await startOn(['c1', 'c2']);
  await hold(life, { kind: 'image', image: 'web' });
  const rollback = (path: string, body: object) =>
    callApiOf(life, configuration, `${path}/rollback`, { body: { by: 'ada', why: 'slow', ...body } });
  const stopped = await rollback('tags/web/prod', {});
  t.is(stopped.status, 422);
  t.regex(stopped.detail, /it is held by ada: a talk \(hold 1\); pastHold, or --past-hold, goes past that/);
  t.is((await rollback('services/place/web', {})).status, 422);
  t.is((await rollback('tags/web/prod', { pastHold: true })).status, 202);
  t.is(inRegistry(life), image('c1'));
  t.is(await last(life), 'c1 moved: ada took it back: slow (past holds)');
  t.is(running(life), image('c2'), 'the service is held by its image, until somebody says otherwise');
  t.is((await rollback('services/place/web', { pastHold: true, digest: image('c2') })).status, 202);
});

test('A promotion stops in front of a hold, and goes past it where who asks says so', async t => {
  const manual = shopConfiguration('none', {
    more: { tags: { live: { images: ['web'], follows: 'manual' } } },
  });
  const life = await startCalmLife({ configuration: manual });
  await life.push(undefined, 'c5');
  await notify(life, 'c1');
  await callApiOf(life, manual, 'holds', {
    body: { by: 'ada', why: 'a talk', scope: { kind: 'tag', tag: 'live' } },
  });
  const promote = async (more: object) => {
    const body = { from: 'prod', to: 'live', by: 'grace', ...more };
    const { json } = await callApiOf(life, manual, 'promotions', { body });
    return life.get(promotions, (json['promotion'] as { number: number }).number);
  };
  t.like(await promote({}), {
    phase: 'refused',
    reason:
      'Cannot promote "prod": "live" of web is held by ada: a talk (hold 1); release that first, or go past it with pastHold, or --past-hold',
  });
  t.like(await promote({ pastHold: true }), { phase: 'moved', pastHold: true, by: 'grace' });
  t.is(life.around.registry.tags()['registry.example/shop/web:live'], image('c1'));
});

test('Smart redeploy says what is held instead of mending it, and mends it past the hold for a person', async t => {
  const life = await startOn(['c1']);
  await hold(life, { kind: 'target', target: 'place' });
  await notify(life, 'c2');
  const { findings } = await life.survey();
  const found = findings.find(({ service }) => service === 'web');
  t.like(found, { verdict: 'held', reason: 'held by ada: a talk (hold 1)' });
  t.is(running(life), image('c1'));
  await life.survey({ dryRun: false, pastHold: 'ada' });
  t.is(running(life), image('c2'));
  await notify(life, 'c3');
  t.is(running(life), image('c2'), 'once, and not from then on');
});

test('A whole tree stays where one of its images is held', async t => {
  const whole = shopConfiguration('none', {
    more: { tags: { stack: { images: ['web', 'api'], whole: true } } },
  });
  const life = await startCalmLife({ configuration: whole });
  await life.push(undefined, 'c5');
  await callApiOf(life, whole, 'holds', { body: { why: 'a talk', scope: { kind: 'image', image: 'api' } } });
  for (const name of ['web', 'api']) await notify(life, 'c1', name);
  for (const name of ['web', 'api']) t.is((await life.get(tags, name, 'stack'))?.wanted, undefined);
  await release(life, 1);
  for (const name of ['web', 'api'])
    t.is((await life.get(tags, name, 'stack'))?.observed?.commit, shaOf('c1'));
});

test('A hold over what is not there, or that has ended, is refused with a sentence', async t => {
  const life = await startOn(['c1']);
  const refused = async (scope: object, until?: object) => (await hold(life, scope, until)).detail;
  t.is(
    await refused({ kind: 'image', image: 'wbe' }),
    'Cannot hold that: the configuration has no image "wbe"',
  );
  t.regex(
    await refused({ kind: 'tag', tag: 'prod', image: 'base' }),
    /does not give tag "prod" to image "base"/,
  );
  t.regex(await refused({ kind: 'everything' }, { kind: 'moment', at: moment(life, -1) }), /has passed/);
  await hold(life, { kind: 'everything' });
  t.is((await release(life, 1)).status, 202);
  t.regex((await release(life, 1)).detail, /hold 1: it has ended already/);
  t.is((await release(life, 9)).status, 404);
  await notify(life, 'c2');
  t.is((await prod(life))?.observed?.commit, shaOf('c2'));
});
