import { setTimeout as later } from 'node:timers/promises';
import test from 'ava';
import { readAll, readApi, untilSettled } from '../helpers/host-process-checks.ts';
import { factsOf } from '../helpers/host-process-load.ts';
import { createHostShop } from '../helpers/host-process-shop.ts';

type Build = {
  readonly image: string;
  readonly commit: string;
  readonly status: string;
  readonly buildId?: string;
  readonly endedAt?: string;
};

const COMMITS = 12;

test('resumable: after kill -9 what is finished is not built again, and what is not is', async t => {
  t.timeout(3 * 60_000);
  const place = await createHostShop(t, COMMITS);
  let host = place.start();
  t.teardown(() => host.signal('SIGKILL'));
  await host.ready;
  for (const { name, webhook } of factsOf(place)) {
    if (!/^push \d+$/.test(name)) continue;
    const { path, ...request } = webhook;
    t.is((await fetch(`${place.url}${path}`, request)).status, 202);
  }
  const finished = await untilSome(place.url, COMMITS);
  host.signal('SIGKILL');
  await host.ended;
  host = place.start();
  await host.ready;
  await untilSettled(place.url, 120_000);
  const builds = (await readAll<Build>(place.url, 'builds?')).filter(({ image }) => image !== 'jobs');
  t.is(builds.length, COMMITS * 3);
  t.true(builds.every(({ status }) => status === 'succeeded'));
  for (const { image, commit, buildId, endedAt } of finished) {
    const now = await readApi<Build>(place.url, `builds/${image}/${commit}`);
    t.like(now, { buildId, endedAt }, `${image} at ${commit} is as it was`);
  }
  host.signal('SIGINT');
  t.is((await host.ended).code, 0);
});

/** Resolves with what is finished once some is, while the rest is under way. */
async function untilSome(url: string, least: number): Promise<Build[]> {
  for (;;) {
    const builds = await readAll<Build>(url, 'builds?');
    const finished = builds.filter(({ status }) => status === 'succeeded');
    if (finished.length >= least) return finished;
    await later(20);
  }
}
