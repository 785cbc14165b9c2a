import test from 'ava';
import { call, callJson, NOW, sampleApi, TOKEN } from '../helpers/call-api.ts';
import { sampleCommits, sampleDigest } from '../helpers/sample-state.ts';

const bearer = { authorization: `Bearer ${TOKEN}` };

test('api goes through every document, page by page, in order and without repeats', async t => {
  const { api } = await sampleApi();
  const seen: string[] = [];
  let after = '';
  do {
    const { status, json } = await callJson(api, `/api/v1/builds?limit=7${after}`);
    t.is(status, 200);
    t.true(json.items.length <= 7);
    seen.push(...json.items.map((one: { image: string; commit: string }) => `${one.image}@${one.commit}`));
    after = json.next === undefined ? '' : `&after=${json.next}`;
  } while (after !== '');
  t.is(seen.length, 18);
  t.is(new Set(seen).size, 18);
});

test('api filters by what is declared', async t => {
  const { api } = await sampleApi();
  const { json } = await callJson(api, '/api/v1/moves?verdict=refused');
  t.deepEqual([...new Set(json.items.map((one: { verdict: string }) => one.verdict))], ['refused']);
  const ledger = await callJson(api, '/api/v1/moves?image=web&tag=prod');
  t.deepEqual(
    ledger.json.items.map((one: { sequence: number }) => one.sequence),
    [6, 5, 4, 3, 2, 1],
  );
  const failed = await callJson(api, '/api/v1/deliveries?status=failed');
  t.is(failed.json.items.length, 1);
});

test('api shows the body of a delivery only when it is read alone', async t => {
  const { api } = await sampleApi();
  const { json } = await callJson(api, '/api/v1/deliveries?limit=1');
  const [delivery] = json.items;
  t.is(delivery.body, undefined);
  const alone = await callJson(api, `/api/v1/deliveries/${delivery.source}/${delivery.id}`);
  t.is(typeof alone.json.body, 'string');
});

test('api reads one document by the parts of its key', async t => {
  const { api } = await sampleApi();
  const sha = sampleCommits[4] ?? '';
  const { json } = await callJson(api, `/api/v1/builds/web/${sha}`);
  t.is(json.digest, sampleDigest('web', 4));
  t.is((await callJson(api, '/api/v1/moves/web/prod/2')).json.sequence, 2);
});

const refuses = test.macro({
  async exec(t, target: string, status: number, detail: RegExp) {
    const { api } = await sampleApi();
    const answer = await callJson(api, target);
    t.is(answer.status, status);
    t.is(answer.headers['content-type'], 'application/problem+json');
    t.is(answer.json.status, status);
    t.regex(answer.json.detail, detail);
  },
  title: (name = '') => `api answers ${name}`,
});

test('404 for an unknown route', refuses, '/api/v1/nothing', 404, /no such page/);
test('404 for a path outside of the API', refuses, '/nothing', 404, /no such page/);
test(
  '404 for a document that is not there',
  refuses,
  '/api/v1/services/local/x',
  404,
  /"local\/x" among the services/,
);
test('400 for a limit beyond 200', refuses, '/api/v1/builds?limit=201', 400, /"limit"/);
test('400 for a limit that is no number', refuses, '/api/v1/builds?limit=all', 400, /"limit"/);
test(
  '400 for a parameter that is not one',
  refuses,
  '/api/v1/builds?colour=red',
  400,
  /"colour": expected no such/,
);
test(
  '400 for a parameter given twice',
  refuses,
  '/api/v1/builds?limit=1&limit=2',
  400,
  /"limit": expected it once/,
);
test('400 for filters that do not go together', refuses, '/api/v1/moves?image=web', 400, /image and tag/);
test(
  '400 for a value that is none of the choices',
  refuses,
  '/api/v1/deliveries?status=lost',
  400,
  /"status"/,
);
test('400 for a cursor that is none', refuses, '/api/v1/builds?after=%00', 400, /"after"/);
test('400 for a cursor whose document is gone', refuses, '/api/v1/builds?after=eCF5', 400, /"after"/);
test(
  '400 for an abbreviated commit',
  refuses,
  '/api/v1/builds/web/abc',
  400,
  /"commit": expected a full commit/,
);
test('400 for a path that is not UTF-8', refuses, '/api/v1/builds/%ff/x', 400, /percent-encoding/);

test('api answers 405 with what is allowed', async t => {
  const { api } = await sampleApi();
  const { status, headers } = await callJson(api, '/api/v1/status', { method: 'DELETE', headers: bearer });
  t.is(status, 405);
  t.is(headers['allow'], 'GET, HEAD');
  const replay = await callJson(api, '/api/v1/deliveries/github/x/replay');
  t.is(replay.headers['allow'], 'POST');
});

test('api answers HEAD as GET', async t => {
  const { api } = await sampleApi();
  const { status, json } = await callJson(api, '/api/v1/status', { method: 'HEAD' });
  t.is(status, 200);
  t.is(json.version, '1.2.3');
});

test('api asks for the token before it tells what is there', async t => {
  const { api } = await sampleApi({ loopback: false });
  for (const path of ['/api/v1/status', '/api/v1/openapi.json', '/nothing']) {
    const { status, headers } = await callJson(api, path);
    t.is(status, 401);
    t.is(headers['www-authenticate'], 'Bearer');
    t.is((await callJson(api, path, { headers: { authorization: 'Bearer x' } })).status, 401);
    t.not((await callJson(api, path, { headers: bearer })).status, 401);
  }
});

test('api lets nobody in with an empty token', async t => {
  const { api } = await sampleApi({ token: '', loopback: false });
  t.is((await callJson(api, '/api/v1/status', { headers: { authorization: 'Bearer ' } })).status, 401);
});

test('api says to browsers that nothing of it is kept or run', async t => {
  const { api } = await sampleApi();
  const { headers = {} } = await call(api, '/api/v1/status');
  t.is(headers['cache-control'], 'no-store');
  t.is(headers['x-content-type-options'], 'nosniff');
  t.regex(headers['content-security-policy'] ?? '', /frame-ancestors 'none'/);
});

test('replay sets a delivery waiting and due, tells of it, and changes nothing without the token', async t => {
  const { api, published, documents } = await sampleApi();
  const before = JSON.stringify(documents.snapshot());
  const { json } = await callJson(api, '/api/v1/deliveries?status=failed');
  const [{ source, id }] = json.items;
  const path = `/api/v1/deliveries/${source}/${id}/replay`;
  t.is((await callJson(api, path, { method: 'POST' })).status, 401);
  t.is(JSON.stringify(documents.snapshot()), before);
  const answer = await callJson(api, path, { method: 'POST', headers: bearer });
  t.is(answer.status, 202);
  const again = await callJson(api, `/api/v1/deliveries/${source}/${id}`);
  t.like(again.json, { status: 'waiting', due: new Date(NOW).toISOString(), attempts: 0 });
  t.is(again.json.outcome, undefined);
  t.deepEqual(published, [{ topic: 'notices', collection: 'deliveries', key: `${source}!${id}` }]);
  const none = await callJson(api, '/api/v1/deliveries/github/x/replay', { method: 'POST', headers: bearer });
  t.is(none.status, 404);
});

test('events tell what changed, in one event for many changes, and signs of life in between', async t => {
  const streams = { gatherMs: 5, heartbeatMs: 20, streams: 1 };
  const { api, records, documents } = await sampleApi({ streams });
  const ends = new AbortController();
  const { body } = await call(api, '/api/v1/events', { signal: ends.signal });
  t.assert(typeof body === 'object' && Symbol.asyncIterator in body);
  const events = (body as AsyncIterable<string>)[Symbol.asyncIterator]();
  t.regex((await events.next()).value, /^id: 0\nevent: hello\n/);
  t.is((await call(api, '/api/v1/events')).status, 503, 'so many may listen, and no more');
  t.is((await events.next()).value, ': still here\n\n');
  const snapshot = Object.entries(documents.snapshot()).filter(([path]) => path.startsWith('tags/'));
  const writes = snapshot.map(([path, fields]) => ({
    ref: { collection: 'tags', key: path.slice(5) },
    fields,
  }));
  const next = events.next();
  await records.transact([], () => ({ result: undefined, writes: [...writes, ...writes] }));
  const [id, name, data = ''] = String((await next).value)
    .trim()
    .split('\n');
  t.deepEqual([id, name], ['id: 1', 'event: change']);
  t.deepEqual(JSON.parse(data.slice('data: '.length)), {
    changes: [
      { kind: 'tags', key: ['api', 'prod'] },
      { kind: 'tags', key: ['web', 'prod'] },
    ],
    more: false,
  });
  const last = events.next();
  ends.abort();
  t.true((await last).done);
  t.is((await call(api, '/api/v1/events')).status, 200);
});
