import test from 'ava';
import { judgeHealthy } from '../../shared/domain/gates/judge-time.ts';
import type { Observation } from '../../shared/ports/target.ts';
import { deploys, services } from '../../shared/records/collections.ts';
import type { CalmLife } from '../helpers/world/calm-life.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { startOn } from '../helpers/world/prod-of-web.ts';

const HOUR = 3_600_000;
const image = digestOf('web', 'c1', '');

/** What a gate that wants two hours without a break says of the first commit. */
async function healthy(life: CalmLife) {
  const now = life.around.clock.now();
  const service = await life.get(services, 'place', 'web');
  if (service === undefined) throw new Error('no such service');
  const deploy = await life.get(deploys, 'place', 'web', service.sequence);
  const settings = { service: 'web', atLeast: '2h', deadline: '9d' };
  const asked = { image: 'web', digest: image, since: new Date(now).toISOString() };
  return judgeHealthy(settings, asked, { watched: [{ service, deploy }], now }).kind;
}

/** The target shows something else of `web` for as long as the act lasts. */
async function whileIt(life: CalmLife, seen: Observation, act: () => Promise<unknown>) {
  const { target } = life.around;
  const { observe } = target;
  target.observe = async (name, ...more) => (name === 'web' ? seen : observe(name, ...more));
  await act();
  target.observe = observe;
}

const beginsAnew = test.macro({
  async exec(t, breaks: (life: CalmLife) => Promise<unknown>) {
    const life = await startOn(['c1']);
    await life.later(2 * HOUR);
    t.is(await healthy(life), 'passed');
    await breaks(life);
    await life.later(HOUR);
    t.is((await life.get(services, 'place', 'web'))?.phase, 'running');
    t.is(await healthy(life), 'waiting');
    await life.later(HOUR);
    t.is(await healthy(life), 'passed');
  },
  title: name => `The time without a break begins anew for what ${name}`,
});
test('was gone and was brought back', beginsAnew, async life => {
  life.around.target.restore({});
  await life.survey();
});
test('was replaced by hand and was brought back', beginsAnew, async life => {
  life.around.target.restore({ ...life.around.target.running(), web: digestOf('web', 'c2', '') });
  await life.survey();
});
test('was failing when it was compared, and well when it was looked at', beginsAnew, async life => {
  const { target } = life.around;
  const { observe } = target;
  let looks = 0;
  target.observe = async (name, ...more) =>
    name === 'web' && looks++ === 0 ? { state: 'failed', reason: 'it crashes' } : observe(name, ...more);
  await life.survey();
  target.observe = observe;
});
test('was starting when headway looked', beginsAnew, async life => {
  await whileIt(life, { state: 'updating', reason: 'starting' }, () => life.restart());
});

test('A start of headway, when nobody has looked yet, is no break', async t => {
  const life = await startOn(['c1']);
  await life.later(2 * HOUR);
  await life.restart();
  t.is(await healthy(life), 'passed');
  await life.survey();
  t.is(await healthy(life), 'passed');
});
