import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test from 'ava';
import type { FunctionProcess } from '../../infra/cloud/function-process.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { deliverAll, deliveriesOf } from '../helpers/cloud-load.ts';
import { startCloudPlace } from '../helpers/cloud-place.ts';
import { readTruth } from '../helpers/cloud-truth.ts';
import { checkDeliveries, checkEnd, readAll, untilSettled } from '../helpers/host-process-checks.ts';
import { createHostShop, type HostShop, SECRETS } from '../helpers/host-process-shop.ts';
import { need } from '../helpers/need.ts';
import { push, smallImage } from '../helpers/small-image.ts';
import { createRandom } from '../helpers/world/turns.ts';

const DELIVERIES = Number(process.env['HEADWAY_CLOUD_DELIVERIES'] ?? 500);
const SEED = Number(process.env['HEADWAY_SEED'] ?? randomInt(2 ** 31));
const COMMITS = 12;
const CONNECTIONS = 4;
/** On a slow machine more of them would only keep everything from starting. */
const MOST_KILLS = 100;
/** The mean pause between two kills. */
const KILL_EVERY_MS = 700;

const absent = (['FIRESTORE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST'] as const).filter(
  name => need(name) === undefined,
);

if (absent.length > 0) {
  test('the promises, with one process a function', t => {
    t.log(`left out: ${absent.join(' and ')} not set`);
    t.pass();
  });
} else {
  test(`${DELIVERIES} deliveries in any order while functions are killed: none is lost, no tag steps back, the end is an ordered run's`, async t => {
    t.timeout(20 * 60_000);
    const random = createRandom(SEED);
    const place = await createHostShop(t, COMMITS);
    const pushes: { readonly repository: string; readonly tag?: string; readonly digest: string }[] = [];
    const cloud = await startCloudPlace(t, {
      port: Number(new URL(place.url).port),
      configuration: await readFile(join(place.folder, 'headway.yaml'), 'utf8'),
      environment: { GITHUB_SECRET: SECRETS.github, BUILDS_SECRET: SECRETS.builds },
      onPush: pushed => void pushes.push(pushed),
    });
    await pushForeignImages(place);

    const deliveries = deliveriesOf(place, { count: DELIVERIES, random });
    const killer = startKilling(cloud.functions, random);
    const from = performance.now();
    const { acknowledged, requests } = await deliverAll(cloud.url, { deliveries, connections: CONNECTIONS });
    const delivered = performance.now();
    const kills = await killer.stop();
    await untilServed(`${cloud.withToken}/api/v1/status`);
    // What a killed function refused comes again after ten minutes at most: the longest back-off of a subscription.
    await untilSettled(cloud.withToken, 12 * 60_000);
    t.log(`seed ${SEED}: ${deliveries.length} deliveries of ${COMMITS} commits in ${requests} requests`);
    t.log(
      `${kills} kills in ${seconds(delivered - from)}; settled ${seconds(performance.now() - delivered)} later`,
    );

    const cloudShop = { ...place, url: cloud.withToken };
    await checkDeliveries(t, cloudShop.url, acknowledged);
    await checkEnd(t, cloudShop);
    const builds = await readAll<Build>(cloudShop.url, 'builds?');
    for (const name of ['web', 'api', 'jobs']) {
      const digests = pushes.filter(({ repository, tag }) => repository === `shop/${name}` && tag === 'prod');
      const places = digests.map(({ digest }) => placeOf(builds, digest, place.commits));
      t.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
        `${name}:prod in the registry`,
      );
    }
    t.deepEqual(await cloud.deadLetters(), []);
    const truth = await readTruth(cloudShop);
    await cloud.stop();
    t.deepEqual(truth, await orderedTruth(place));
  });
}

/** What was killed last has started again. */
async function untilServed(url: string): Promise<void> {
  const served = () =>
    fetch(url).then(
      async answer => (await answer.arrayBuffer()) && answer.ok,
      () => false,
    );
  while (!(await served())) await later(200);
}

type Build = { readonly digest?: string; readonly commit: string };

function placeOf(builds: readonly Build[], digest: string, commits: readonly string[]): number {
  return commits.indexOf(builds.find(build => build.digest === digest)?.commit ?? '');
}

/** `kill -9` on one function after another, whichever it is; each starts again by itself. */
function startKilling(functions: readonly FunctionProcess[], random: () => number) {
  const over = new AbortController();
  const { signal } = over;
  const killing = (async () => {
    for (let kills = 0; ; kills++) {
      await later(random() * 2 * KILL_EVERY_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted || kills === MOST_KILLS) return kills;
      const pid = functions[Math.floor(random() * functions.length)]?.pid();
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    }
  })();
  return {
    stop(): Promise<number> {
      over.abort();
      return killing;
    },
  };
}

/** What one process on one machine comes to that nobody disturbs and that is told of one commit after the other. */
async function orderedTruth(place: HostShop) {
  const { url, manifests, commits } = place;
  await manifests.branch('main', 'first');
  const host = place.start();
  try {
    await host.ready;
    await pushForeignImages(place);
    const inOrder = deliveriesOf(place, { count: commits.length * 2, random: () => 0 });
    await deliverAll(url, { deliveries: inOrder, connections: 1 });
    await untilSettled(url, 2 * 60_000);
    return await readTruth(place);
  } finally {
    host.signal('SIGINT');
    await host.ended;
  }
}

/** The image that others build is in the registry before they tell of it. */
async function pushForeignImages({ registry, commits }: HostShop): Promise<void> {
  const client = createRegistryClient({ credentials: async () => undefined });
  for (const tag of commits) {
    await push(client, { registry, repository: 'shop/jobs', tag }, smallImage(`jobs ${tag}`));
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
