import { once } from 'node:events';
import { createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { developerGit } from '../../infra/local/sample/developer-git.ts';
import { history } from '../../infra/local/sample/history.ts';
import { readAll, readApi, untilSettled } from '../helpers/host-process-checks.ts';
import {
  createSamplePlace,
  processesOf,
  pushChange,
  type SamplePlace,
  TOLD,
  untilRunning,
} from '../helpers/host-process-sample.ts';

type Move = { readonly sequence: number; readonly verdict: string; readonly reason: string };
type Delivery = {
  readonly source: string;
  readonly id: string;
  readonly status: string;
  readonly outcome?: string;
};

test.serial('from an empty folder to the newest commit running, and on after a stop', async t => {
  t.timeout(5 * 60_000);
  const place = await createSamplePlace(t);
  const { url } = place;

  const first = place.up();
  t.is(await first.ready, url);
  await first.said(TOLD);
  await checkStory(t, place);
  await checkCommands(t, place);
  const before = await ledgers(place);
  t.deepEqual(await stopped(t, place, first), []);
  t.is((await place.run('status')).code, 3);

  const second = place.up();
  await second.said(TOLD);
  t.regex(second.out(), /the sample was delivered before; going on from its state/);
  await untilSettled(url, 30_000);
  t.deepEqual(await ledgers(place), before);

  const change = await pushChange(t, place, 'A biscuit');
  const digest = await untilRunning(url, 'manifests/web', change);
  t.true((await manifest(place, 'web')).includes(`@${digest}`));
  await untilRunning(url, 'manifests/api', change);
  await checkReplay(t, place);
  t.deepEqual(await stopped(t, place, second), []);

  const missed = await pushChange(t, place, 'A second biscuit');
  const third = place.up();
  await third.said(TOLD);
  t.regex(third.out(), /pushed while nothing served here was delivered now/);
  await untilRunning(url, 'manifests/web', missed);
  await stopped(t, place, third);
});

test.serial(
  'Ctrl-C in the middle of the story: the next start goes on with it, and tells nothing twice',
  async t => {
    t.timeout(3 * 60_000);
    const place = await createSamplePlace(t);
    for (const moment of [/^headway ready/m, /build .* started/, /built and pushed/]) {
      const host = place.up();
      await host.said(moment);
      t.deepEqual(await stopped(t, place, host), []);
    }
    const last = place.up();
    await last.said(TOLD);
    await untilSettled(place.url, 60_000);
    const subjects = await developerGit(['log', '--reverse', '--format=%s', 'main'], { cwd: place.shop });
    t.deepEqual(
      subjects.split('\n'),
      history.map(({ subject }) => subject),
    );
    const newest = await developerGit(['rev-parse', 'main'], { cwd: place.shop });
    await untilRunning(place.url, 'manifests/web', newest);
    await untilRunning(place.url, 'manifests/api', newest);
    await stopped(t, place, last);
  },
);

test.serial('a first start that finds its port in use does not tie the sample to that port', async t => {
  t.timeout(60_000);
  const place = await createSamplePlace(t);
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const refused = await place.up({ PORT: port }).ended;
  t.is(refused.code, 1);
  t.is(
    refused.err,
    `headway: Cannot listen on 127.0.0.1:${port}: the port is in use; stop the other program or set PORT\n`,
  );
  taken.close();
  const host = place.up();
  await host.said(TOLD);
  const newest = await developerGit(['rev-parse', 'main'], { cwd: place.shop });
  await untilRunning(place.url, 'manifests/web', newest);
  await stopped(t, place, host);
});

/** What the sample's story must have said and left behind. */
async function checkStory(t: ExecutionContext, place: SamplePlace): Promise<void> {
  const { url, shop, manifests } = place;
  const shas = (await developerGit(['rev-list', '--reverse', 'main'], { cwd: shop })).split('\n');
  t.is(shas.length, history.length);
  const newest = shas.at(-1) ?? '';
  for (const image of ['web', 'api']) {
    const digest = await untilRunning(url, `manifests/${image}`, newest);
    t.true((await manifest(place, image)).includes(`127.0.0.1:${place.port}/shop/${image}@${digest}\n`));
    t.deepEqual(
      (await ledger(url, image)).map(({ verdict, reason }) => [verdict, reason]),
      [
        ['moved', 'the first image of the branch'],
        ['moved', 'a newer commit'],
        ['refused', 'prod is 3 commits ahead'],
        ['refused', 'prod is 1 commit ahead'],
      ],
    );
  }
  const deliveries = await readAll<Delivery>(url, 'deliveries?');
  t.is(deliveries.filter(({ source }) => source === 'github').length, history.length);
  const doubled = deliveries.filter(({ source }) => source === 'builds');
  t.is(doubled.length, 2);
  t.true(doubled.every(({ outcome }) => outcome?.endsWith('duplicate')));
  const log = await developerGit(['log', '--format=%s', 'main'], { cwd: manifests });
  t.true(log.split('\n').length > 1);
}

/** The commands tell the same story as text and as JSON. */
async function checkCommands(t: ExecutionContext, place: SamplePlace): Promise<void> {
  const status = await place.run('status');
  t.is(status.code, 0, status.out + status.err);
  t.regex(status.out, /^web +manifests +web:prod +[0-9a-f]{7} +[0-9a-f]{7} +running/m);
  t.regex(status.out, /^web:prod +[0-9a-f]{7} +refused +prod is 3 commits ahead/m);
  const { services } = JSON.parse((await place.run('status', '--json')).out);
  t.true(services.every(({ phase }: { phase: string }) => phase === 'running'));

  const why = await place.run('why', 'web');
  t.is(why.code, 0);
  t.regex(
    why.out,
    /^web at manifests: web runs \S+ of commit \S+ \(Raise the price of the kettle\), as it should/,
  );
  const answer = JSON.parse((await place.run('why', 'manifests/web', '--json')).out);
  t.like(answer, { target: 'manifests', service: 'web', green: true, phase: 'running' });
  t.deepEqual(answer.obstacles, []);
  t.deepEqual(
    answer.chain.map(({ kind }: { kind: string }) => kind),
    ['running', 'deploy', 'move', 'notice', 'build', 'push', 'commit'],
  );
}

/** A stored delivery that is driven again changes nothing. */
async function checkReplay(t: ExecutionContext, place: SamplePlace): Promise<void> {
  const { url } = place;
  const before = await ledgers(place);
  const deliveries = await readAll<Delivery>(url, 'deliveries?');
  const push = deliveries.find(({ source }) => source === 'github');
  const name = `${push?.source}/${push?.id}`;
  const replayed = await place.run('replay', name);
  t.is(replayed.code, 0, replayed.err);
  t.regex(replayed.out, /is due again/);
  await untilSettled(url, 30_000);
  t.like(await readApi<Delivery>(url, `deliveries/${name}`), { status: 'done' });
  t.deepEqual(await ledgers(place), before);
}

/** Stops it as Ctrl-C does. Returns the processes that it left behind. */
async function stopped(t: ExecutionContext, place: SamplePlace, host: ReturnType<SamplePlace['up']>) {
  const from = performance.now();
  host.signal('SIGINT');
  const { code, out, err } = await host.ended;
  t.is(code, 0, out + err);
  t.true(performance.now() - from < 15_000, 'within seconds');
  t.is(err, '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be in a pipe
  t.notRegex(out, /[\u001b\r]/);
  return processesOf(place.folder);
}

async function ledgers({ url, manifests }: SamplePlace) {
  const commits = await developerGit(['rev-list', 'main'], { cwd: manifests });
  return { web: await ledger(url, 'web'), api: await ledger(url, 'api'), commits };
}

async function ledger(url: string, image: string): Promise<Move[]> {
  const moves = await readAll<Move>(url, `moves?image=${image}&tag=prod&`);
  return moves.toSorted((a, b) => a.sequence - b.sequence);
}

function manifest({ manifests }: SamplePlace, image: string): Promise<string> {
  return developerGit(['show', `main:shop/${image}.yaml`], { cwd: manifests });
}
