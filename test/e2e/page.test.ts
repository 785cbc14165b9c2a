import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import type { ApiOptions } from '../../functions/api/handler.ts';
import { readPageAssets } from '../../shared/adapters/assets/page-assets.ts';
import { openQuestion } from '../../shared/domain/gates/gate-questions.ts';
import { builds, gates, promotions, queuePauses, services, tags } from '../../shared/records/collections.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { createHttpServer } from '../../shared/runtime/node-http.ts';
import { launchBrowser, newVisit } from '../helpers/browser.ts';
import { NOW, sampleApi, TOKEN } from '../helpers/call-api.ts';
import { sampleCommits, sampleConfiguration, sampleDigest } from '../helpers/sample-state.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

const assets = await readPageAssets(new URL('../../functions/api/page/', import.meta.url));
let browser: Browser | undefined;
test.before(async () => {
  browser = await launchBrowser();
});
test.after.always(() => browser?.close());

async function serveSample(t: ExecutionContext, its: Partial<ApiOptions> & { readonly port?: number } = {}) {
  const { port = 0, ...options } = its;
  const sample = await sampleApi({ assets, ...options });
  const server = createHttpServer({ log, handlers: { '/': sample.api } });
  await server.listen({ host: '127.0.0.1', port });
  t.teardown(() => server.close(100));
  return { ...sample, url: server.url, close: () => server.close(100) };
}

test('page shows what runs where and how it got there, and speaks to its own server only', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const { url } = await serveSample(t);
  await visit.open(`${url}/#/commits/shop/${sampleCommits[2]}`);
  const { page } = visit;
  await page.getByText('push to running 46 s').waitFor();
  t.deepEqual(await page.locator('#matrix thead th').allInnerTexts(), [
    'Commit',
    'base',
    'web on base',
    'api on base',
  ]);
  t.is(await page.locator('#matrix tbody tr').count(), 6);
  t.is(await page.locator('#matrix .build.failed').count(), 1);
  t.is(await page.locator('#services .badge.running').count(), 2);
  t.is(await page.locator('#ledger li.refused').count(), 4);
  t.regex(await page.locator('#ledger li.refused').first().innerText(), /prod is 3 commits ahead/);
  t.is(await page.locator('#deliveries .badge.failed').count(), 1);
  t.is(await page.locator('#close .steps li.running').count(), 4);
  t.is(await page.title(), '2/4 running · headway');
  t.deepEqual([...visit.origins], [url]);
  t.deepEqual(visit.complaints, []);
});

test('page shows a change by itself', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const { url, records } = await serveSample(t);
  await visit.open(url);
  await visit.page.getByRole('status').getByText('live').waitFor();
  const api = await records.get(refTo(services, 'local', 'api'));
  t.is(api?.phase, 'accepted');
  if (api === undefined) return;
  const running = {
    ...api,
    phase: 'running',
    observed: api.wanted,
    message: undefined,
    due: undefined,
  } as const;
  await records.transact([], () => ({ result: undefined, writes: [put(services, running)] }));
  await visit.page.locator('#services .badge.running').nth(2).waitFor();
  await visit.page.getByText('3/4 running').first().waitFor();
  t.deepEqual(visit.complaints, []);
});

test('page shows the queue of builds, why each waits and who paused it, by itself', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const { url, records } = await serveSample(t);
  await visit.open(url);
  await visit.page.getByRole('status').getByText('live').waitFor();
  const commit = sampleCommits[5] ?? '';
  const waiting = { repo: 'shop', commit, status: 'waiting' as const, steps: [], attempts: 0 };
  const base = { ...waiting, image: 'base', reasons: ['base/Dockerfile changed'], priority: 3 };
  const paused = { by: 'ada', why: 'the disk is full', since: new Date().toISOString() };
  await records.transact([], () => ({
    result: undefined,
    writes: [
      put(queuePauses, { paused }),
      put(builds, base),
      put(builds, { ...waiting, image: 'web', parent: 'base' }),
    ],
  }));
  await visit.page.locator('#queue .paused').getByText('the disk is full').waitFor();
  const rows = await visit.page.locator('#queue li').allInnerTexts();
  t.regex(
    rows.find(row => row.startsWith('base')) ?? '',
    /priority 3[\s\S]*end of the pause[\s\S]*base\/Dockerfile changed/,
  );
  t.regex(rows.find(row => row.startsWith('web')) ?? '', /waits for base, which is waiting/);
  await visit.page.setViewportSize({ width: 400, height: 800 });
  t.is(await visit.page.evaluate('document.documentElement.scrollWidth'), 400);
  t.deepEqual(visit.complaints, []);
});

test('page tells why a service runs what it runs, by keyboard alone, and its address can be sent on', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const { url } = await serveSample(t);
  await visit.open(url);
  const { page } = visit;
  await page.getByRole('link', { name: 'backend' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Why backend runs what it runs' }).waitFor();
  t.regex(await page.locator('.obstacles').innerText(), /ada holds backend: year-end closing.*lapses/);
  t.is(new URL(page.url()).hash, '#/services/manifests/backend');
  await visit.open(`${url}/#/commits/shop/${'0'.repeat(40)}`);
  await page.reload();
  await page.getByText(/there is no such document/).waitFor();
});

test('page says that the server is gone, and goes on by itself when it is back', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const first = await serveSample(t);
  await visit.open(first.url);
  await first.close();
  await visit.page.getByRole('status').getByText('offline').waitFor();
  await visit.page
    .getByRole('alert')
    .getByText(/does not answer/)
    .waitFor();
  t.is(await visit.page.locator('#matrix tbody tr').count(), 6, 'what was read stays');
  await serveSample(t, { port: Number(new URL(first.url).port) });
  await visit.page.getByRole('status').getByText('live').waitFor();
  await visit.page.getByRole('alert').waitFor({ state: 'detached' });
});

test('page asks for the token where reading needs it, and keeps it for the tab', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const { url } = await serveSample(t, { loopback: false });
  await visit.open(url);
  const { page } = visit;
  await page.getByLabel('Token', { exact: true }).fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('Cannot accept the token').waitFor();
  await page.getByLabel('Token', { exact: true }).fill(TOKEN);
  await page.getByRole('button', { name: 'Show the page' }).click();
  await page.locator('#matrix').waitFor();
  await page.reload();
  await page.locator('#matrix').waitFor();
  t.is(await page.getByLabel('Token', { exact: true }).count(), 0);
});

test('page says what to do when nothing was pushed yet', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const { url, documents } = await serveSample(t);
  documents.restore({});
  await visit.open(url);
  await visit.page.getByText(`POST ${url}/hooks/github`).waitFor();
  t.deepEqual(visit.complaints, []);
});

for (const width of [320, 420, 768]) {
  test(`page fits a screen of ${width} pixels, in the dark too`, async t => {
    const visit = await newVisit(t, browser, { viewport: { width, height: 800 }, colorScheme: 'dark' });
    if (visit === undefined) return;
    const { url } = await serveSample(t);
    await visit.open(url);
    await visit.page.locator('#close').waitFor();
    const wider = await visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    t.true(wider <= 0, `${wider} pixels too wide`);
  });
}

test('page asks for a promotion, shows what came of it, and takes no word without the token', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const { url, records } = await serveSample(t);
  await visit.open(url);
  const { page } = visit;
  const panel = page.locator('#promotions');
  const ask = async (button: string) => {
    await panel.getByLabel('Promote').fill('prod');
    await panel.getByLabel('to', { exact: true }).fill('2026.3-stable');
    await panel.getByLabel('of', { exact: true }).fill('base, api');
    await panel.getByRole('button', { name: button, exact: true }).click();
  };
  await panel.waitFor();
  const before = (await records.query(promotions, { limit: 100 })).length;
  await ask('Promote');
  await panel.getByLabel('You are', { exact: true }).fill('Ada');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Token' }).fill(TOKEN);
  await page.getByRole('button', { name: 'Show the page' }).click();
  t.is((await records.query(promotions, { limit: 100 })).length, before, 'nothing was asked for');
  await panel.waitFor();
  await ask('Promote');
  await panel.getByText('Asked for').waitFor();
  await panel.getByText('prod → 2026.3-stable').waitFor();
  const asked = await records.query(promotions, { limit: 100 });
  t.is(asked.length, before + 1);
  t.like(asked.at(-1), { by: 'Ada', images: [{ image: 'base' }, { image: 'api' }] });
  await panel.getByLabel('Promote').fill('no tag');
  await panel.getByRole('button', { name: 'Try', exact: true }).click();
  await panel.getByText('Cannot promote "no tag": it is not a tag').waitFor();
});

test('page counts the voices of people by their names, which it asks for once in a tab', async t => {
  const visits = [await newVisit(t, browser), await newVisit(t, browser)];
  const { url, records } = await serveSample(t);
  for (const [i, visit] of visits.entries()) {
    if (visit === undefined) return;
    const { page } = visit;
    await visit.open(url);
    await page.evaluate(token => sessionStorage.setItem('headway-token', token), TOKEN);
    const approve = page.locator('#promotions').getByRole('button', { name: 'Approve' });
    await approve.click();
    await page.getByLabel('You are', { exact: true }).fill(`person ${i}`);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.locator('#promotions .said').getByText('Asked for').waitFor();
    await approve.click();
    t.is(await page.getByLabel('You are', { exact: true }).count(), 0);
    await page.getByText(`you are person ${i}`).waitFor();
    await page.reload();
    await page.getByText(`you are person ${i}`).waitFor();
  }
  const { voices = [] } = (await records.get(refTo(promotions, 2))) ?? {};
  t.deepEqual(voices.map(({ by }) => by).toSorted(), ['person 0', 'person 1']);
});

test('page lets people say yes to the commit that a tag would move to', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const { page } = visit;
  const { prod } = sampleConfiguration.tags;
  if (prod === undefined) return t.fail();
  const staff = { kind: 'approval', count: 2, deadline: '1h' } as const;
  const { url, records } = await serveSample(t, {
    configuration: {
      ...sampleConfiguration,
      gates: { ...sampleConfiguration.gates, staff },
      tags: { prod: { ...prod, gates: ['staff'] } },
    },
  });
  const [commit = '', digest] = [sampleCommits[5], sampleDigest('web', 5)];
  const ref = refTo(tags, 'web', 'prod');
  await records.transact([ref], ([found]) => {
    if (found === undefined) return { result: undefined, writes: [] };
    const waits = 'gate "staff" of web waits: 0 of 2 people approved it';
    const asks = [{ gate: 'staff', digest, people: commit }];
    const asked = { image: 'web', tag: 'prod', gate: 'staff', digest, commit, settings: staff };
    const next = { ...found, asks, candidates: [{ commit, digest, waits }] };
    return {
      result: undefined,
      writes: [put(tags, next), put(gates, openQuestion(undefined, asked, NOW))],
    };
  });
  await visit.open(url);
  await page.evaluate(token => sessionStorage.setItem('headway-token', token), TOKEN);
  const panel = page.locator('#tags');
  await panel.getByText('0 of 2 people approved it').waitFor();
  await panel.getByRole('button', { name: 'Approve' }).click();
  await panel.getByLabel('You are', { exact: true }).fill('Ada');
  await panel.getByRole('button', { name: 'Go on' }).click();
  await panel.locator('.said').getByText('Asked for').waitFor();
  t.is(await page.locator('#promotions .said').count(), 0);
  const { voices = [] } = (await records.get(refTo(gates, 'web', digest, 'staff:prod'))) ?? {};
  t.like(voices, [{ by: 'Ada', approves: true }]);
  t.deepEqual(visit.complaints, []);
});
