import test from 'ava';
import { createDeploy } from '../../functions/deploy/handler.ts';
import { createInProcessHints } from '../../shared/adapters/hints/in-process.ts';
import { calendar } from '../../shared/adapters/windows/calendar.ts';
import { deploys, lanes, services } from '../../shared/records/collections.ts';
import { refTo } from '../../shared/records/records.ts';
import { silentLog as log } from '../helpers/silent-log.ts';
import type { CalmLife } from '../helpers/world/calm-life.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { notify, startOn } from '../helpers/world/prod-of-web.ts';
import { shopConfiguration } from '../helpers/world/shop.ts';

const image = (commit: string) => digestOf('web', commit, '');
const service = (life: CalmLife, name: string) => life.get(services, 'place', name);
const web = { target: 'place', image: 'web', tag: 'prod' };
const waves = {
  services: {
    second: { ...web, after: ['web'], pause: '10m' },
    third: { ...web, after: ['second'] },
  },
};

test('Waves: a service is deployed when the one before has run for its pause', async t => {
  const life = await startOn(['c1'], { more: waves });
  t.like(life.around.target.running(), { web: image('c1') });
  t.is(life.around.target.running()['second'], undefined);
  t.regex((await service(life, 'second'))?.message ?? '', /waits until "web" has run for 10m/);
  await life.later(10 * 60_000);
  t.is(life.around.target.running()['second'], image('c1'));
  t.is(life.around.target.running()['third'], image('c1'), 'without a pause the next follows at once');
});

test('Waves: the first failure stops all behind it, and the next commit starts over', async t => {
  const life = await startOn(['c1'], { more: waves });
  await life.later(11 * 60_000);
  const { deploy } = life.around.target;
  life.around.target.deploy = async () => ({ kind: 'failed', reason: 'it crashes' });
  await notify(life, 'c2');
  await life.later(3_600_000);
  for (const name of ['web', 'second', 'third']) t.is(life.around.target.running()[name], image('c1'), name);
  t.regex(
    (await service(life, 'second'))?.message ?? '',
    /waits for "web", which is held: rolled back: it crashes/,
  );
  t.is(await life.get(deploys, 'place', 'second', 2), undefined, 'nothing was tried there');
  life.around.target.deploy = deploy;
  await notify(life, 'c3');
  await life.later(11 * 60_000);
  for (const name of ['web', 'second', 'third']) t.is(life.around.target.running()[name], image('c3'), name);
});

test('One target is given so many deploys at once, and the others in turn', async t => {
  const more = { services: { other: web, another: web }, deploys: { concurrency: 1 } };
  const life = await startOn([], { more });
  const { deploy } = life.around.target;
  let under = 0;
  let most = 0;
  life.around.target.deploy = async (order, signal) => {
    most = Math.max(most, ++under);
    await new Promise(resolve => setTimeout(resolve, 5));
    under -= 1;
    return deploy(order, signal);
  };
  await notify(life, 'c1');
  await life.later(60_000);
  await life.later(60_000);
  t.is(most, 1);
  for (const name of ['web', 'other', 'another']) t.is(life.around.target.running()[name], image('c1'), name);
  t.deepEqual((await life.get(lanes, 'place'))?.holders, {});
});

test('A deploy keeps its place at the target when its message comes twice', async t => {
  const more = { services: { other: web }, deploys: { concurrency: 1 } };
  const life = await startOn([], { more });
  const { around, records } = life;
  const { deploy } = around.target;
  const beside = createDeploy({
    records,
    hints: createInProcessHints({ log }),
    configuration: shopConfiguration('none', { more }),
    target: async () => around.target,
    clock: around.clock,
    calendar,
    log,
    redact: text => text,
  });
  const look = (name: string) =>
    beside({ topic: 'deploys', collection: 'services', key: refTo(services, 'place', name).key }, 'beside');
  let under = 0;
  let most = 0;
  around.target.deploy = async (order, signal) => {
    most = Math.max(most, ++under);
    if (most === 1) {
      await look(order.name);
      t.deepEqual(Object.keys((await life.get(lanes, 'place'))?.holders ?? {}), [order.name]);
      await look(order.name === 'web' ? 'other' : 'web');
    }
    under -= 1;
    return deploy(order, signal);
  };
  await notify(life, 'c1');
  await life.later(60_000);
  t.is(most, 1);
  for (const name of ['web', 'other']) t.is(around.target.running()[name], image('c1'), name);
});

test('A freeze and a minimum age hold back what is new, not the way back', async t => {
  const now = Date.parse('2026-03-02T12:00:00.000Z');
  const moment = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
  const freezes = [{ from: moment(10), until: moment(60), why: 'the fair' }];
  const configuration = shopConfiguration('none', { more: { deploys: { freezes } } });
  const life = await startCalmLife({ configuration });
  await life.push(undefined, 'c5');
  await notify(life, 'c1');
  await life.later(10 * 60_000);
  await notify(life, 'c2');
  t.is(life.around.target.running()['web'], image('c1'));
  t.regex((await service(life, 'web'))?.message ?? '', /the fair/);
  await notify(life, 'c3');
  await life.later(50 * 60_000);
  t.is(life.around.target.running()['web'], image('c3'), 'when it ends, the newest is deployed');
  t.is((await service(life, 'web'))?.sequence, 2, 'and what waited collapsed into it');
});
