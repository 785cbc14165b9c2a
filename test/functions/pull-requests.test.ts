import test from 'ava';
import { builds, pulls } from '../../shared/records/collections.ts';
import { signedWebhook, webhookFixture } from '../helpers/signed-webhook.ts';
import { startCalmLife } from '../helpers/world/calm-life.ts';
import { shaOf } from '../helpers/world/memory-forge.ts';
import { imageOf, shopConfiguration, URL_OF_SHOP } from '../helpers/world/shop.ts';
import { SECRET } from '../helpers/world/world.ts';

/** The shop, whose own pull requests are built, with its main branch at c1. */
async function startShop() {
  const plain = shopConfiguration();
  const shop = plain.repos['shop'];
  if (shop === undefined) throw new Error('the shop has a repo');
  const images = Object.entries(plain.images).map(([name, image]) => [name, { ...image, context: name }]);
  const life = await startCalmLife({
    configuration: {
      ...plain,
      images: Object.fromEntries(images),
      repos: {
        ...plain.repos,
        shop: { ...shop, pullRequests: 'own', report: true, builds: { ...shop.builds, plan: 'changed' } },
      },
    },
  });
  const files = { 'base/Dockerfile': '1', 'web/a': '1', 'api/a': '1' };
  life.around.forge.write('c1', files);
  await life.push(undefined, 'c1');
  let minute = 0;

  /** GitHub tells of pull request 7, as it would. */
  async function tell(head: string, action = 'synchronize', changed: Readonly<Record<string, string>> = {}) {
    life.around.forge.write(head, { ...files, ...changed });
    const said = JSON.parse(webhookFixture('github-pull-request'));
    const { pull_request: pull } = said;
    const body = JSON.stringify({
      ...said,
      action,
      repository: { ...said.repository, clone_url: URL_OF_SHOP, ssh_url: URL_OF_SHOP, html_url: URL_OF_SHOP },
      pull_request: {
        ...pull,
        updated_at: `2026-02-11T09:${10 + ++minute}:00Z`,
        head: { ...pull.head, sha: shaOf(head) },
      },
    });
    const webhook = signedWebhook({
      kind: 'github',
      secret: SECRET,
      body,
      event: 'pull_request',
      delivery: `pull-${minute}`,
    });
    const answer = await life.hooks()({
      ...webhook,
      query: new URLSearchParams(),
      body: Buffer.from(webhook.body),
      signal: new AbortController().signal,
    });
    await life.settle();
    return answer;
  }
  const get = (image: string, commit: string) => life.get(builds, image, shaOf(commit));
  const tags = (image: string) =>
    Object.keys(life.around.registry.tags())
      .filter(tag => tag.startsWith(`registry.example/shop/${image}:`))
      .map(tag => tag.split(':')[1]);
  return { life, tell, get, tags };
}

test('A pull request is built under its number and patch, and moves nothing', async t => {
  const { life, tell, get, tags } = await startShop();
  const before = { running: life.around.target.running(), ledger: await life.ledger('web') };
  t.is((await tell('c2', 'opened', { 'web/a': '2' })).status, 202);
  t.like(await get('web', 'c2'), {
    status: 'succeeded',
    tryJob: { number: 7, patch: 1 },
    branch: undefined,
    reasons: ['web/a changed'],
  });
  t.like(await get('api', 'c2'), { status: 'succeeded', carries: shaOf('c1') });
  t.true(tags('web').includes('7_1'));
  t.false(tags('web').includes(shaOf('c2')));
  t.deepEqual({ running: life.around.target.running(), ledger: await life.ledger('web') }, before);
  await tell('c3', 'synchronize', { 'api/a': '3' });
  t.like(await get('api', 'c3'), { status: 'succeeded', tryJob: { number: 7, patch: 2 } });
  t.true(tags('api').includes('7_2'));
  t.deepEqual({ running: life.around.target.running(), ledger: await life.ledger('web') }, before);
});

test('The next head of a pull request takes the place of the one before it, and a closed one is called off', async t => {
  const { life, tell, get } = await startShop();
  const reported: string[] = [];
  life.around.forge.report = async (_repo, commit, { context, description }) => {
    reported.push(`${commit === shaOf('c2') ? 'c2' : 'c3'} ${context}: ${description}`);
  };
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { build } = life.around.builder;
  const ended = Promise.withResolvers<void>();
  let builts = 0;
  life.around.builder.build = async (...order) => {
    begun[builts++]?.resolve();
    await ended.promise;
    return build(...order);
  };
  const told = [tell('c2', 'opened', { 'web/a': '2' })];
  await begun[0]?.promise;
  told.push(tell('c3', 'synchronize', { 'web/a': '3' }));
  await begun[1]?.promise;
  t.like(await get('web', 'c2'), { status: 'superseded' });
  const closed = new Promise<void>(resolve => {
    const stop = life.documents.watch(async () => {
      if ((await get('web', 'c3'))?.status !== 'cancelled') return;
      stop();
      resolve();
    });
  });
  told.push(tell('c3', 'closed', { 'web/a': '3' }));
  await closed;
  t.like(await get('web', 'c3'), { lastError: 'pull request 7 was closed' });
  ended.resolve();
  await Promise.all(told);
  t.like(await get('web', 'c2'), { status: 'superseded', digest: undefined });
  t.like(await get('web', 'c3'), { status: 'cancelled', digest: undefined });
  t.like(await life.get(pulls, 'shop', 7), { status: 'closed' });
  t.true(reported.includes(`c2 headway/web: Not built: commit ${shaOf('c3').slice(0, 7)} took its place`));
  t.true(reported.includes('c3 headway/web: Cancelled: pull request 7 was closed'));
});

test('A commit of a pull request that is pushed to main is built for main', async t => {
  const { life, tell, get, tags } = await startShop();
  await tell('c2', 'opened', { 'web/a': '2' });
  t.is(life.around.target.running()['web'], (await get('web', 'c1'))?.digest);
  await life.push('c1', 'c2');
  const build = await get('web', 'c2');
  t.like(build, { status: 'succeeded', branch: 'main', tryJob: undefined });
  t.true(tags('web').includes(shaOf('c2')));
  t.is(life.around.target.running()['web'], build?.digest);
});

const REVISION = 'org.opencontainers.image.revision';
const SOURCE = 'org.opencontainers.image.source';

test("An image from another repo's tree is built on the exact parent, from the head of its own repo, when the parent's notice comes", async t => {
  const configuration = shopConfiguration('none', {
    more: {
      repos: { infra: { url: 'https://git.example/acme/infra.git', branch: 'trunk' } },
      images: { task: imageOf('task', { parent: 'base', source: 'infra', context: 'task' }) },
    },
  });
  const life = await startCalmLife({ configuration });
  const orders: string[][] = [];
  const { build } = life.around.builder;
  life.around.builder.build = async (order, ...rest) => {
    const { [REVISION]: revision = '', [SOURCE]: source = '' } = order.labels;
    orders.push([order.context, order.args['BASE'] ?? '', revision, source]);
    if (orders.length > 1) return build(order, ...rest);
    // Meanwhile somebody pushes to the other repo.
    life.around.forge.setHead('trunk', shaOf('r3'));
    throw new Error('no route to the registry');
  };
  life.around.forge.setHead('trunk', shaOf('r4'));
  await life.push(undefined, 'c1');
  t.like(await life.get(builds, 'task', shaOf('c1')), { status: 'waiting' });
  t.deepEqual(orders, []);
  const digest = await life.built('base', 'c1');
  await life.notice('base', 'c1');
  await life.later(60_000);
  const order = [
    `/${shaOf('r4')}/task`,
    `registry.example/shop/base@${digest}`,
    shaOf('r4'),
    'https://git.example/acme/infra.git',
  ];
  t.deepEqual(orders, [order, order], 'a second try is of the same commit');
  t.like(await life.get(builds, 'task', shaOf('c1')), {
    status: 'succeeded',
    parentDigest: digest,
    sourceCommit: shaOf('r4'),
  });
});
