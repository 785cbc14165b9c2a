import { randomInt } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import test from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import type { HeadwayProcess } from '../helpers/host-process.ts';
import {
  checkDeliveries,
  checkEnd,
  isAtWork,
  readApi,
  untilSettled,
} from '../helpers/host-process-checks.ts';
import { type Acknowledged, factsOf, sendLoad } from '../helpers/host-process-load.ts';
import { createHostShop, type HostShop } from '../helpers/host-process-shop.ts';
import { push, smallImage } from '../helpers/small-image.ts';
import { createRandom } from '../helpers/world/turns.ts';

const KILLS = Number(process.env['HEADWAY_KILLS'] ?? 200);
const SEED = Number(process.env['HEADWAY_SEED'] ?? randomInt(2 ** 31));
/** A new commit in every third life, so that builds are under way from the first to the last. */
const COMMITS = Math.max(5, Math.ceil(KILLS / 3));
const POSTS = 12;
const CONNECTIONS = 4;

test(`kill -9 in mid-load, ${KILLS} times: what was answered 2xx is there and is carried through`, async t => {
  t.timeout(15 * 60_000);
  const random = createRandom(SEED);
  const upTo = (most: number) => Math.floor(random() * most);
  const place = await createHostShop(t, COMMITS);
  const acknowledged: Acknowledged = { deliveries: new Set(), facts: new Set() };
  // In order but for some disorder, as they would arrive; what is not acknowledged stays.
  const facts = factsOf(place)
    .map((fact, i) => ({ fact, at: i + upTo(60) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ fact }) => fact);
  const pending = () => facts.filter(({ name }) => !acknowledged.facts.has(name));
  const sent = () => facts.filter(({ name }) => acknowledged.facts.has(name));
  const started: number[] = [];
  const ends = { 'during the start': 0, 'right after an answer': 0, 'at any moment': 0 };
  let underWay = 0;

  let host = place.start();
  t.teardown(() => host.signal('SIGKILL'));
  const restart = async () => {
    await host.ended;
    const from = performance.now();
    host = place.start();
    void host.ready.then(() => started.push(performance.now() - from)).catch(() => {});
  };
  await host.ready;
  await pushForeignImages(place);
  // Leaves its compiled code for the others.
  host.signal('SIGINT');
  t.is((await host.ended).code, 0);
  await restart();

  for (let round = 0; round < KILLS; round++) {
    if (random() < 0.25) {
      await later(upTo(500));
      ends['during the start'] += 1;
    } else {
      const url = await host.ready;
      const before = [...acknowledged.deliveries].slice(-20);
      const lost = await missing(url, before);
      t.deepEqual(lost, [], `after kill ${round}`);
      if (await isAtWork(url)) underWay += 1;
      const fresh = pending().slice(
        0,
        Math.ceil(((round + 1) * facts.length) / KILLS) - acknowledged.facts.size,
      );
      const again = Array.from({ length: 4 }, () => sent()[upTo(sent().length)] ?? fresh[0]);
      const load = [...fresh, ...again].flatMap(fact => fact ?? []).slice(0, POSTS);
      const answers = upTo(load.length) + 1;
      const rightAfter = random() < 0.5;
      const onAnswer = (count: number) => rightAfter && count === answers && host.signal('SIGKILL');
      const sending = sendLoad({ url, facts: load, acknowledged, connections: CONNECTIONS, onAnswer });
      await Promise.race([host.ended, later(upTo(700))]);
      host.signal('SIGKILL');
      const answered = await sending;
      ends[rightAfter && answered >= answers ? 'right after an answer' : 'at any moment'] += 1;
    }
    host.signal('SIGKILL');
    t.is((await host.ended).code, null);
    await restart();
  }

  const url = await host.ready;
  while (pending().length > 0)
    await sendLoad({ url, facts: pending(), acknowledged, connections: CONNECTIONS });
  const from = performance.now();
  await untilSettled(url, 5 * 60_000);
  t.log(`seed ${SEED}; ${acknowledged.deliveries.size} deliveries; ${COMMITS} commits of 4 images`);
  t.log(`killed: ${JSON.stringify(ends)}; work was left under way ${underWay} times`);
  t.log(`start to ready ${median(started)} ms (median of ${started.length}); settled in ${seconds(from)} s`);
  await checkDeliveries(t, url, acknowledged.deliveries);
  await checkEnd(t, place);
  await endCleanly(host);
});

/** The image that others build is in the registry before they tell of it. */
async function pushForeignImages({ registry, commits }: HostShop): Promise<void> {
  const client = createRegistryClient({ credentials: async () => undefined });
  for (const tag of commits) {
    await push(client, { registry, repository: 'shop/jobs', tag }, smallImage(`jobs ${tag}`));
  }
}

async function missing(url: string, deliveries: readonly string[]): Promise<string[]> {
  const found = await Promise.all(deliveries.map(name => readApi(url, `deliveries/${name}`)));
  return deliveries.filter((_, i) => found[i] === undefined);
}

async function endCleanly(host: HeadwayProcess): Promise<void> {
  host.signal('SIGINT');
  const { code, err } = await host.ended;
  if (code !== 0) throw new Error(`headway ended with ${code}: ${err}`);
}

function median(numbers: readonly number[]): number {
  return Math.round(numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0);
}

function seconds(from: number): string {
  return ((performance.now() - from) / 1_000).toFixed(1);
}
