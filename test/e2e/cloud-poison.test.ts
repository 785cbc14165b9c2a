import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test from 'ava';
import type { Poison } from '../../shared/domain/documents/poison.ts';
import { startCloudPlace } from '../helpers/cloud-place.ts';
import { readAll, readApi } from '../helpers/host-process-checks.ts';
import { createHostShop, SECRETS } from '../helpers/host-process-shop.ts';
import { need } from '../helpers/need.ts';

const absent = (['FIRESTORE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST'] as const).filter(
  name => need(name) === undefined,
);

if (absent.length > 0) {
  test('poison on Pub/Sub', t => {
    t.log(`skipped: ${absent.join(' and ')} not set`);
    t.pass();
  });
} else {
  test('poison ends in the dead letters with its reason, is visible, stays poison when replayed as it is, and holds up no message behind it', async t => {
    t.timeout(4 * 60_000);
    const place = await createHostShop(t, 1);
    const cloud = await startCloudPlace(t, {
      port: Number(new URL(place.url).port),
      configuration: await readFile(join(place.folder, 'headway.yaml'), 'utf8'),
      environment: { GITHUB_SECRET: SECRETS.github, BUILDS_SECRET: SECRETS.builds },
    });
    const url = cloud.withToken;
    const wrong = '{"image_name":7,"tag":"latest"}';
    const good = { image_name: `${place.registry}/shop/jobs`, tag: place.commits[0], repo: place.shop.path };
    const bad = [await cloud.publish('notices', '{'), await cloud.publish('notices', wrong, { from: 'me' })];
    const behind = await cloud.publish('notices', JSON.stringify(good));

    await until(async () => (await readApi(url, `deliveries/notices/${behind}`)) !== undefined);
    await until(async () => (await readAll<Poison>(url, 'poison?')).length === 2);
    const buried = await readAll<Poison>(url, 'poison?');
    t.deepEqual(buried.map(({ id }) => id).toSorted(), bad.toSorted());
    t.is(buried.find(({ id }) => id === bad[0])?.reason, 'its data is not JSON');
    t.regex(buried.find(({ id }) => id === bad[1])?.reason ?? '', /image_name: /);

    const letters = await cloud.deadLetters();
    t.deepEqual(letters.map(({ text }) => text).toSorted(), ['{', wrong].toSorted());
    const letter = letters.find(({ text }) => text === wrong);
    t.like(letter?.attributes, { from: 'me', topic: 'notices' });
    t.regex(letter?.attributes['reason'] ?? '', /image_name: /);

    const answer = await fetch(`${url}/api/v1/poison/${bad[1]}/replay`, { method: 'POST' });
    t.is(answer.status, 422);
    t.regex(((await answer.json()) as { detail: string }).detail, /image_name: /);
  });
}

/** Nothing can be read while the function that reads it starts. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo().catch(() => false))) await later(200);
}
