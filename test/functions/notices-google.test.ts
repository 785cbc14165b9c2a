import test from 'ava';
import { deliveryFromMessage, type MessageKind } from '../../shared/domain/deliveries/from-message.ts';
import { builds, deliveries } from '../../shared/records/collections.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords, put, refTo } from '../../shared/records/records.ts';
import { createMemoryDocuments } from '../helpers/memory-documents.ts';
import { createFaults } from '../helpers/world/faults.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { deliverPush, pushOf, shopConfiguration } from '../helpers/world/shop.ts';
import { createSurroundings, startLife } from '../helpers/world/world.ts';

const COMMIT = shaOf('c1');
const DIGEST = digestOf('web', 'c1');
const WEB = 'registry.example/shop/web';

test("Cloud Build's and Artifact Registry's messages move the tag of an image, whichever comes first", async t => {
  for (const order of [
    ['QUEUED', 'SUCCESS', 'push'],
    ['push', 'SUCCESS', 'WORKING'],
    ['SUCCESS', 'push', 'QUEUED'],
  ]) {
    const shop = await openShop();
    for (const [i, what] of order.entries()) {
      if (what === 'push') await shop.deliver('artifact-registry', i, pushed());
      else await shop.deliver('cloud-build', i, built(what));
    }
    const build = await shop.records.get(refTo(builds, 'web', COMMIT));
    t.like(build, { status: 'succeeded', digest: DIGEST }, order.join());
    t.is(shop.around.registry.tags()[`${WEB}:prod`], DIGEST);
    const outcomes = await Promise.all(order.map((_, i) => shop.outcome(order[i] ?? '', i)));
    t.true(
      outcomes.every(outcome => outcome?.startsWith(`web:${COMMIT.slice(0, 12)} `)),
      outcomes.join(),
    );
  }
});

test('a failed Cloud Build is recorded with its reason, and moves nothing', async t => {
  const shop = await openShop();
  await shop.deliver('cloud-build', 0, built('TIMEOUT'));
  t.like(await shop.records.get(refTo(builds, 'web', COMMIT)), {
    status: 'failed',
    lastError: 'the build took longer than it may',
    buildId: 'b1',
  });
  t.is(shop.around.registry.tags()[`${WEB}:prod`], undefined);
});

/** A shop whose only commit was pushed, and whose image is in the registry. */
async function openShop() {
  const documents = createMemoryDocuments({ queries });
  const records = createRecords(documents);
  const around = createSurroundings({ c1: [] });
  around.forge.setHead('main', COMMIT);
  const image = { registry: 'registry.example', repository: 'shop/web', tag: COMMIT };
  around.registry.push(image, DIGEST);
  const life = await startLife(around, {
    documents,
    configuration: shopConfiguration('none'),
    faults: createFaults({}),
    worker: 'w',
  });
  await life.adopt();
  await deliverPush(life.hooks, 'push', pushOf(undefined, 'c1'));
  await life.idle();
  return {
    records,
    around,
    async deliver(kind: MessageKind, id: number, data: object) {
      const its = { kind, now: around.clock.now(), keepFor: 60_000, redact: (text: string) => text };
      const delivery = deliveryFromMessage({ id: String(id), data: JSON.stringify(data) }, its);
      await records.transact([], () => ({ result: undefined, writes: [put(deliveries, delivery)] }));
      await life.sweep();
      await life.idle();
    },
    async outcome(what: string, id: number) {
      const source = what === 'push' ? 'artifact-registry' : 'cloud-build';
      return (await records.get(refTo(deliveries, source, String(id))))?.outcome;
    },
  };
}

function pushed() {
  return { action: 'INSERT', digest: `${WEB}@${DIGEST}`, tag: `${WEB}:${COMMIT}` };
}

function built(status: string) {
  const name = `${WEB}:${COMMIT}`;
  return {
    id: 'b1',
    status,
    images: [name],
    startTime: '2026-03-02T12:00:00.5Z',
    substitutions: { COMMIT_SHA: COMMIT, BRANCH_NAME: 'main', REPO_NAME: 'shop' },
    ...(status === 'SUCCESS' && { results: { images: [{ name, digest: DIGEST }] } }),
  };
}
