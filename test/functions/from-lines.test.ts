import test from 'ava';
import { builds, deliveries } from '../../shared/records/collections.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { imageOf, shopConfiguration, URL_OF_SHOP } from '../helpers/world/shop.ts';

const FROM = (...names: readonly string[]) =>
  `ARG T=latest\n${names.map(name => `FROM registry.example/shop/${name}:$T\n`).join('')}`;

for (const plan of ['everything', 'changed'] as const) {
  test(`A parent that only a FROM line names is built before (plan: ${plan})`, async t => {
    const { life, order } = await startShop(plan, {
      'base/Dockerfile': 'FROM debian:13\n',
      'web/Dockerfile': FROM('base'),
    });
    await life.push(undefined, 'c1');
    t.deepEqual(order, ['shop/base', 'shop/web']);
    const base = await life.get(builds, 'base', shaOf('c1'));
    t.like(await life.get(builds, 'web', shaOf('c1')), {
      status: 'succeeded',
      parent: 'base',
      parentDigest: base?.digest,
    });
    t.is(
      (await life.get(builds, 'web', shaOf('c1')))?.steps[0]?.message,
      'web/Dockerfile:2: stands on "base", which is not declared; it counts as a parent',
    );
  });
}

test('A change of a parent that only a FROM line names has its child built again', async t => {
  const files = { 'base/Dockerfile': 'FROM debian:13\n', 'web/Dockerfile': FROM('base') };
  const { life } = await startShop('changed', files);
  await life.push(undefined, 'c1');
  life.around.forge.write('c2', { ...files, 'base/Dockerfile': 'FROM debian:14\n' });
  await life.push('c1', 'c2');
  t.like(await life.get(builds, 'web', shaOf('c2')), {
    status: 'succeeded',
    reasons: ['it stands on base, which is built'],
  });
});

test('Images that stand on each other by their FROM lines are not built, and the push says why', async t => {
  const { life, order } = await startShop('everything', {
    'base/Dockerfile': FROM('web'),
    'web/Dockerfile': FROM('base'),
  });
  await life.push(undefined, 'c1');
  t.deepEqual(order, []);
  const [delivery] = await life.records.query(deliveries, { limit: 1 });
  t.regex(delivery?.outcome ?? delivery?.lastError ?? '', /expected no cycle, found base -> web -> base/);
});

/** base and web, of which the configuration does not say that one stands on the other. */
async function startShop(plan: 'everything' | 'changed', files: Readonly<Record<string, string>>) {
  const configuration = shopConfiguration('auto', {
    more: {
      repos: { shop: { url: URL_OF_SHOP, builds: { plan } } },
      images: {
        base: imageOf('base', { context: 'base' }),
        web: imageOf('web', { context: 'web' }),
        api: imageOf('api', { builder: 'none' }),
      },
    },
  });
  const life = await startCalmLife({ configuration });
  life.around.forge.write('c1', files);
  const order: string[] = [];
  const { build } = life.around.builder;
  life.around.builder.build = async (wanted, ...rest) => {
    const built = await build(wanted, ...rest);
    order.push(wanted.image.repository);
    return built;
  };
  return { life, order };
}
