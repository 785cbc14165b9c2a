import test from 'ava';
import type { Matrix, Status, Timeline, Why } from '../../functions/api/answers.ts';
import { builds, services } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { callJson, NOW, sampleApi } from '../helpers/call-api.ts';
import { sampleCommits, sampleDigest } from '../helpers/sample-state.ts';

test('status tells where everything stands in one call', async t => {
  const { api } = await sampleApi();
  const status: Status = (await callJson(api, '/api/v1/status')).json;
  t.is(status.version, '1.2.3');
  t.is(status.repos[0]?.head?.sha, sampleCommits[5]);
  t.deepEqual(
    status.images.map(({ image }) => image),
    ['base', 'web', 'api'],
  );
  t.is(status.tags.find(({ image }) => image === 'web')?.observed?.digest, sampleDigest('web', 4));
  t.deepEqual(status.waiting, { deliveries: 1, builds: 2, tags: 0, services: 1, poison: 1 });
  t.deepEqual(
    [...new Set(status.refusals.map(({ reason }) => reason))],
    ['prod is 3 commits ahead', 'prod is 1 commit ahead'],
  );
  t.deepEqual(status.hooks[0], { name: 'github', kind: 'github', path: '/hooks/github' });
});

test('status names what is configured before anything has happened', async t => {
  const { api, documents } = await sampleApi();
  documents.restore({});
  const status: Status = (await callJson(api, '/api/v1/status')).json;
  t.deepEqual(status.repos, [{ repo: 'shop', branch: 'main', builds: [] }]);
  t.deepEqual(
    status.services.map(({ phase }) => phase),
    ['idle', 'idle', 'idle', 'idle'],
  );
  t.is(status.tags.length, 2);
});

test('matrix gives the commits newest first, each with its builds', async t => {
  const { api } = await sampleApi();
  const first: Matrix = (await callJson(api, '/api/v1/matrix?limit=4')).json;
  t.deepEqual(
    first.items.map(({ commit }) => commit.sha),
    sampleCommits.slice(2).toReversed(),
  );
  t.deepEqual(first.items[2]?.builds.map(({ status }) => status).toSorted(), [
    'failed',
    'succeeded',
    'succeeded',
  ]);
  const rest: Matrix = (await callJson(api, `/api/v1/matrix?limit=4&after=${first.next}`)).json;
  t.is(rest.items.length, 2);
  t.is(rest.next, undefined);
});

test('matrix shows commits that only notices told of', async t => {
  const { api, records } = await sampleApi();
  const known = await records.get(refTo(builds, 'web', sampleCommits[0] ?? ''));
  t.assert(known);
  if (known === undefined) return;
  const build = { ...known, commit: 'f'.repeat(40), requestedAt: new Date(NOW).toISOString() };
  await records.transact([], () => ({ result: undefined, writes: [put(builds, build)] }));
  const { items }: Matrix = (await callJson(api, '/api/v1/matrix')).json;
  t.deepEqual([items[0]?.commit.sha, items[0]?.builds.length], ['f'.repeat(40), 1]);
  t.is(items.length, 7);
});

test('timeline tells a commit from push to running, in the order of time', async t => {
  const { api } = await sampleApi();
  const { items }: Timeline = (await callJson(api, `/api/v1/commits/shop/${sampleCommits[2]}/timeline`)).json;
  const times = items.map(({ at }) => at);
  t.deepEqual(times, times.toSorted());
  t.deepEqual(
    [...new Set(items.map(({ kind }) => kind))],
    ['commit', 'push', 'build', 'notice', 'move', 'deploy', 'running'],
  );
  t.regex(items[1]?.text ?? '', /received, and once more/);
  t.is(items.filter(({ kind }) => kind === 'running').length, 4);
});

test('timeline tells of refusals and failures', async t => {
  const { api } = await sampleApi();
  const refused: Timeline = (await callJson(api, `/api/v1/commits/shop/${sampleCommits[1]}/timeline`)).json;
  t.is(refused.items.filter(({ state }) => state === 'refused').length, 4);
  const failed: Timeline = (await callJson(api, `/api/v1/commits/shop/${sampleCommits[3]}/timeline`)).json;
  t.true(failed.items.some(({ state, text }) => state === 'failed' && text.includes('npm test failed')));
  t.is((await callJson(api, `/api/v1/commits/shop/${'0'.repeat(40)}/timeline`)).status, 404);
});

test('why goes from the running digest back to the commit', async t => {
  const { api } = await sampleApi();
  const why: Why = (await callJson(api, '/api/v1/services/local/web/why')).json;
  t.true(why.green);
  t.deepEqual(
    why.chain.map(({ kind }) => kind),
    ['running', 'deploy', 'move', 'notice', 'build', 'push', 'commit'],
  );
  t.true(why.chain.every(({ at, by }) => at !== undefined && by !== undefined));
  t.regex(why.summary, /^web runs [0-9a-f]{12} of commit [0-9a-f]{7} \(Mend the check-out/);
  t.regex(why.obstacles[0]?.text ?? '', /newest commit [0-9a-f]{7} is being built/);
});

test('why finds a service by its name alone, and asks when two targets have it', async t => {
  const { api, records } = await sampleApi();
  t.is((await callJson(api, '/api/v1/services/web/why')).json.target, 'local');
  t.is((await callJson(api, '/api/v1/services/nothing/why')).status, 404);
  const web = await records.get(refTo(services, 'local', 'web'));
  if (web === undefined) return t.fail();
  const writes = [put(services, { ...web, target: 'manifests' })];
  await records.transact([], () => ({ result: undefined, writes }));
  const { status, json } = await callJson(api, '/api/v1/services/web/why');
  t.is(status, 409);
  t.regex(json.detail, /"local", "manifests"/);
});

test('why names the person who holds a service, and until when', async t => {
  const { api } = await sampleApi();
  const why: Why = (await callJson(api, '/api/v1/services/backend/why')).json;
  t.false(why.green);
  t.like(why.obstacles[0], {
    kind: 'hold',
    text: 'ada holds backend: year-end closing, no changes until it is over',
  });
  t.truthy(why.obstacles[0]?.until);
});

test('why tells what a service on its way waits for', async t => {
  const { api } = await sampleApi();
  const why: Why = (await callJson(api, '/api/v1/services/api/why')).json;
  t.is(why.obstacles[0]?.kind, 'waiting');
  t.regex(why.obstacles[0]?.text ?? '', /not there yet \(accepted\): starting: health check 2 of 5/);
  t.regex(why.summary, /^api runs .* and should run /);
});

test('why answers for a service to which nothing has happened', async t => {
  const { api, documents } = await sampleApi();
  documents.restore({});
  const why: Why = (await callJson(api, '/api/v1/services/web/why')).json;
  t.deepEqual([why.green, why.phase, why.chain.length], [false, 'idle', 1]);
  t.regex(why.summary, /^web was not observed running: No image carries web:prod yet/);
});
