import test from 'ava';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { builds, deliveries, tags } from '../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { digestOf } from '../helpers/world/memory-registry.ts';
import { deliverNotice, deliverRegistryPush, noticeOf } from '../helpers/world/shop.ts';

const webOf = (life: CalmLife) => life.get(builds, 'web', shaOf('c1'));

/** Has somebody tell of `web` once it is pushed, and be heard, before its build goes on with what follows. */
async function whenPushed(life: CalmLife, then: () => Promise<void>) {
  const { build } = life.around.builder;
  life.around.builder.build = async (order, ...rest) => {
    const built = await build(order, ...rest);
    if (order.image.repository === 'shop/web') await then();
    return built;
  };
}

/** Resolves when what was told has been settled. */
function heard(life: CalmLife, source: string): Promise<void> {
  return new Promise(resolve => {
    const look = async () => {
      const found = await life.records.query(deliveries, { limit: 100 });
      if (!found.some(each => each.source === source && each.status === 'done')) return;
      stop();
      resolve();
    };
    const stop = life.documents.watch(look);
    void look();
  });
}

test('A registry that tells of our own push does not end the build that still asks what is in the image', async t => {
  const life = await startCalmLife();
  await whenPushed(life, async () => {
    await deliverRegistryPush(life.hooks(), 'web', shaOf('c1'));
    await heard(life, 'registry');
    const known = await webOf(life);
    t.like(known, { status: 'building', told: { digest: digestOf('shop/web', shaOf('c1'), base) } });
    t.truthy(known?.claim);
  });
  const base = `registry.example/shop/base@${digestOf('shop/base', shaOf('c1'), '')}`;
  await life.push(undefined, 'c1');
  const build = await webOf(life);
  t.like(build, { status: 'succeeded', results: `builds/web/${shaOf('c1')}`, told: undefined });
  t.is(build?.steps.at(-1)?.name, 'pushed');
  t.like(await life.get(tags, 'web', 'prod'), { observed: { commit: shaOf('c1'), digest: build?.digest } });
});

test('A builder that tells of a failure ends no build that is tried again', async t => {
  const life = await startCalmLife();
  let tries = 0;
  await whenPushed(life, async () => {
    tries += 1;
    if (tries > 1) return;
    await deliverNotice(
      life.hooks(),
      noticeOf('web', 'c1', { status: 'internal_error', build_id: 'theirs', message: 'Internal error' }),
    );
    await heard(life, 'builds');
    throw new Error('Cloud Build ended with INTERNAL_ERROR');
  });
  await life.push(undefined, 'c1');
  t.like(await webOf(life), { status: 'building', attempts: 1 });
  await life.later(60_000);
  t.like(await webOf(life), { status: 'succeeded' });
  t.is(tries, 2);
});

test('An image that a stranger pushed meanwhile stands, also when our own try fails', async t => {
  const life = await startCalmLife();
  const theirs = digestOf('theirs');
  await whenPushed(life, async () => {
    life.around.registry.push(
      { registry: 'registry.example', repository: 'shop/web', tag: shaOf('c1') },
      theirs,
    );
    await deliverNotice(life.hooks(), noticeOf('web', 'c1', { digest: theirs, build_id: 'theirs' }));
    await heard(life, 'builds');
    throw new BuildFailure('its integration tests failed');
  });
  await life.push(undefined, 'c1');
  t.like(await webOf(life), { status: 'succeeded', digest: theirs });
  t.like(await life.get(tags, 'web', 'prod'), { observed: { digest: theirs } });
});
