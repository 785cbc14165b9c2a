import test, { type ExecutionContext } from 'ava';
import type { Browser } from 'playwright-core';
import { readPageAssets } from '../../shared/adapters/assets/page-assets.ts';
import { createHttpServer } from '../../shared/runtime/node-http.ts';
import { launchBrowser, newVisit } from '../helpers/browser.ts';
import { sampleApi, TOKEN } from '../helpers/call-api.ts';
import { sampleCommits } from '../helpers/sample-state.ts';
import { silentLog as log } from '../helpers/silent-log.ts';

const assets = await readPageAssets(new URL('../../functions/api/page/', import.meta.url));
let browser: Browser | undefined;
test.before(async () => {
  browser = await launchBrowser();
});
test.after.always(() => browser?.close());

async function serveSample(t: ExecutionContext, { loopback = true } = {}) {
  const sample = await sampleApi({ assets, loopback });
  const folder = `builds/web/${sampleCommits[2]}`;
  await sample.artifacts.put(
    `${folder}/logs/web.build.log`,
    'Step 1/1 : FROM <scratch>\nStep 1 took [0 min 2 sec] \n',
  );
  await sample.artifacts.put(`${folder}/manifests/web.md`, '|    | createdAt |\n|---:|:----------|');
  const server = createHttpServer({ log, handlers: { '/': sample.api } });
  await server.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close(100));
  return server.url;
}

test('page leads from a commit to the files of its builds, and shows each as it is', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const url = await serveSample(t);
  const { page } = visit;
  await visit.open(`${url}/#/commits/shop/${sampleCommits[2]}`);
  await page.locator(`#close a[href="#/builds/web/${sampleCommits[2]}/files"]`).click();
  await page.getByText('What web left behind').waitFor();
  t.deepEqual(await page.locator('#close .files a').allInnerTexts(), [
    'logs web.build.log',
    'manifests web.md',
  ]);
  await page.getByText('web.build.log').click();
  await page.locator('#close pre.file').waitFor();
  t.is(
    await page.locator('#close pre.file').innerText(),
    'Step 1/1 : FROM <scratch>\nStep 1 took [0 min 2 sec] \n',
  );
  t.is(await page.locator('#close .files a[aria-current="true"]').innerText(), 'logs web.build.log');
  await page.locator('#close a[href="#"]').click();
  await page.getByText('From push to running').waitFor();
  t.deepEqual(visit.complaints, []);
});

test('page shows files with the token that the reader gave', async t => {
  const visit = await newVisit(t, browser);
  if (visit === undefined) return;
  const url = await serveSample(t, { loopback: false });
  const { page } = visit;
  await visit.open(`${url}/#/builds/web/${sampleCommits[2]}/files/manifests/web.md`);
  await page.locator('input[type=password]').fill(TOKEN);
  await page.locator('input[type=password]').press('Enter');
  await page.locator('#close pre.file').getByText('createdAt').waitFor();
  t.pass();
});
