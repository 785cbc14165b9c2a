import test from 'ava';
import type { Poison } from '../../shared/domain/documents/poison.ts';
import { poison } from '../../shared/records/collections.ts';
import { put } from '../../shared/records/records.ts';
import { callJson, NOW, sampleApi, TOKEN } from '../helpers/call-api.ts';

const bearer = { authorization: `Bearer ${TOKEN}` };
const NOTICE = {
  image_name: 'registry.example/shop/web',
  tag: 'a'.repeat(40),
  repo: 'https://git.example/shop',
};
const PATH = '/api/v1/poison/m1/replay';

/** The API over the sample's documents, with one message more that was buried. */
async function withPoison(more: Partial<Poison>) {
  const sample = await sampleApi();
  const at = new Date(NOW - 60_000).toISOString();
  const buried = {
    id: 'm1',
    topic: 'notices',
    message: JSON.stringify(NOTICE),
    reason: 'unknown',
    at,
    ...more,
  };
  await sample.records.transact([], () => ({ result: undefined, writes: [put(poison, buried)] }));
  return sample;
}

test('a message that is understood now becomes a delivery that is due and told of, and is poison no more', async t => {
  const { api, published } = await withPoison({});
  const { status, json } = await callJson(api, PATH, { method: 'POST', headers: bearer });
  t.is(status, 202);
  t.like(json.delivery, { source: 'notices', id: 'm1', status: 'waiting', due: new Date(NOW).toISOString() });
  t.deepEqual(published, [{ topic: 'notices', collection: 'deliveries', key: 'notices!m1' }]);
  t.is((await callJson(api, '/api/v1/poison/m1')).status, 404);
  t.is(JSON.parse((await callJson(api, '/api/v1/deliveries/notices/m1')).json.body).tag, NOTICE.tag);
});

test('a message of a topic of Google is read as what is told there', async t => {
  const message = JSON.stringify({ action: 'DELETE', tag: 'europe-docker.pkg.dev/p/shop/web:1' });
  const { api, published } = await withPoison({ topic: 'gcr', message });
  const { status, json } = await callJson(api, PATH, { method: 'POST', headers: bearer });
  t.is(status, 202);
  t.like(json.delivery, { source: 'artifact-registry', status: 'ignored' });
  t.deepEqual(published, [], 'there is nothing to do for it');
});

const stays = test.macro(async (t, message: string, reason: RegExp) => {
  const { api, documents, published } = await withPoison({ message });
  const before = documents.snapshot();
  const { status, json } = await callJson(api, PATH, { method: 'POST', headers: bearer });
  t.is(status, 422);
  t.regex(json.detail, /^Cannot replay poison "m1": /);
  t.regex(json.detail, reason);
  t.deepEqual(documents.snapshot(), before);
  t.deepEqual(published, []);
});

test('what is no JSON stays poison', stays, '{', /the body is not JSON/);
test(
  'a notice with wrong fields stays poison, with what is wrong',
  stays,
  '{"image_name":7}',
  /image_name: /,
);

test('poison is replayed with the token only, and only what is there', async t => {
  const { api, documents } = await withPoison({});
  const before = documents.snapshot();
  t.is((await callJson(api, PATH, { method: 'POST' })).status, 401);
  t.deepEqual(documents.snapshot(), before);
  const none = await callJson(api, '/api/v1/poison/nothing/replay', { method: 'POST', headers: bearer });
  t.is(none.status, 404);
});
