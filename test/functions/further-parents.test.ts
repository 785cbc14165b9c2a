import test from 'ava';
import { readBases } from '../../shared/domain/builds/image-labels.ts';
import { BuildFailure } from '../../shared/ports/builder.ts';
import { builds } from '../../shared/records/collections.ts';
import { type CalmLife, startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { imageOf, shopConfiguration, URL_OF_SHOP } from '../helpers/world/shop.ts';

const FILES = {
  'base/Dockerfile': 'FROM debian:13\n',
  'tools/Dockerfile': 'FROM debian:13\n',
  'web/Dockerfile': 'ARG T\nFROM registry.example/shop/base:$T\nFROM registry.example/shop/tools:$T\n',
};

test('An image whose further parent is gone from the registry is built anew with it (B.5-2)', async t => {
  const { life } = await startShop();
  await life.push(undefined, 'c1');
  const tools = await life.get(builds, 'tools', shaOf('c1'));
  t.deepEqual((await life.get(builds, 'web', shaOf('c1')))?.parentDigests, { tools: tools?.digest ?? '' });
  life.around.registry.forget(tools?.digest ?? '');
  const { build } = life.around.builder;
  life.around.builder.build = (order, ...rest) =>
    build({ ...order, args: { ...order.args, SALT: 'anew' } }, ...rest);
  life.around.forge.write('c2', { ...FILES, 'README.md': '2' });
  await life.push('c1', 'c2');
  t.like(await life.get(builds, 'base', shaOf('c2')), { status: 'succeeded', carries: shaOf('c1') });
  t.like(await life.get(builds, 'web', shaOf('c2')), {
    status: 'succeeded',
    reasons: ['it stands on an older tools'],
  });
});

test('An image says in its labels which exact parents it was built from', async t => {
  const { life } = await startShop();
  const { build } = life.around.builder;
  let labels: Readonly<Record<string, string>> = {};
  life.around.builder.build = (order, ...rest) => {
    if (order.image.repository === 'shop/web') labels = order.labels;
    return build(order, ...rest);
  };
  await life.push(undefined, 'c1');
  const [base, tools] = await Promise.all(
    ['base', 'tools'].map(image => life.get(builds, image, shaOf('c1'))),
  );
  t.deepEqual(readBases(labels), { first: base?.digest, further: { tools: tools?.digest ?? '' } });
});

test('An image waits for its further parent without asking, and starts at once when that is there', async t => {
  const { life } = await startShop();
  const { build } = life.around.builder;
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  life.around.builder.build = async (order, ...rest) => {
    if (order.image.repository === 'shop/tools') {
      begun.resolve();
      await ended.promise;
    }
    return build(order, ...rest);
  };
  const push = life.push(undefined, 'c1');
  await begun.promise;
  await looked(life);
  ended.resolve();
  await push;
  t.like(await life.get(builds, 'web', shaOf('c1')), { status: 'succeeded' });
});

test('An image that gave up for its further parent starts anew when that succeeds after all', async t => {
  const { life } = await startShop();
  const { build } = life.around.builder;
  life.around.builder.build = async (order, ...rest) => {
    if (order.image.repository === 'shop/tools') throw new BuildFailure('the disk is full');
    return build(order, ...rest);
  };
  await life.push(undefined, 'c1');
  t.like(await life.get(builds, 'web', shaOf('c1')), {
    status: 'failed',
    lastError: 'its parent tools failed at this commit',
  });
  life.around.builder.build = build;
  const digest = await life.built('tools', 'c1', 'elsewhere');
  await life.notice('tools', 'c1', { digest, build_id: 'b2', started_at: '2027-03-02T12:00:00Z' });
  t.like(await life.get(builds, 'web', shaOf('c1')), {
    status: 'succeeded',
    parentDigests: { tools: digest },
  });
});

/** Once its first parent is there, web was looked at, and nobody will look again until the further one is there too. */
function looked(life: CalmLife): Promise<void> {
  return new Promise(resolve => {
    const look = async () => {
      const base = await life.get(builds, 'base', shaOf('c1'));
      const web = await life.get(builds, 'web', shaOf('c1'));
      if (base?.noticedAt === undefined || web?.status !== 'waiting' || web.due !== undefined) return;
      stop();
      resolve();
    };
    const stop = life.documents.watch(look);
    void look();
  });
}

/** web takes from base and from tools, as its FROM lines say. */
async function startShop() {
  const configuration = shopConfiguration('auto', {
    more: {
      repos: { shop: { url: URL_OF_SHOP, builds: { plan: 'changed' } } },
      images: {
        base: imageOf('base', { context: 'base' }),
        tools: imageOf('tools', { context: 'tools' }),
        web: imageOf('web', { context: 'web' }),
        api: imageOf('api', { builder: 'none' }),
      },
    },
  });
  const life = await startCalmLife({ configuration });
  life.around.forge.write('c1', FILES);
  return { life };
}
