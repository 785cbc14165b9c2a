import { randomUUID } from 'node:crypto';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { bundleFunction } from '../../infra/bundle/bundle-function.ts';
import { functionMap } from '../../infra/cloud/function-map.ts';
import { startFunction } from '../../infra/cloud/function-process.ts';
import { declareTopics, stopPushes } from '../../shared/adapters/hints/pubsub/declare-topics.ts';
import type { Topic } from '../../shared/domain/documents/waiting.ts';
import { applyConfiguration } from '../../shared/records/configuration-versions.ts';
import { queries } from '../../shared/records/queries.ts';
import { createRecords } from '../../shared/records/records.ts';
import { firestorePlace } from '../helpers/firestore-place.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { freePort } from '../helpers/host-process.ts';
import { need } from '../helpers/need.ts';
import { signedWebhook } from '../helpers/signed-webhook.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const SECRET = 'a-secret-of-the-bundles';
/** Targets of kinds that load packages of their own when they are asked. Nobody listens on this port. */
const CONFIGURATION = `
images:
  web: { repository: '127.0.0.1:9/shop/web' }
tags:
  prod: { images: [web], movedBy: registry }
targets:
  engine: { kind: docker, host: 'tcp://127.0.0.1:9' }
  fleet: { kind: ecs, region: eu-central-1, endpoint: 'http://127.0.0.1:9' }
  cluster: { kind: kubernetes }
services:
  a: { target: engine, image: web, tag: prod }
  b: { target: fleet, image: web, tag: prod }
  c: { target: cluster, image: web, tag: prod }
hooks:
  github: { kind: github, secret: env://BUNDLE_SECRET }
smartRedeploy: { budget: 5s }
`;
const PUSH = JSON.stringify({
  ref: 'refs/heads/main',
  before: '0'.repeat(40),
  after: 'a'.repeat(40),
  repository: { clone_url: 'https://git.example/shop.git' },
});
const COLLECTIONS: Partial<Record<Topic, string>> = {
  pushes: 'deliveries',
  notices: 'deliveries',
  deploys: 'services',
};

const absent = (['FIRESTORE_EMULATOR_HOST', 'PUBSUB_EMULATOR_HOST'] as const).filter(
  name => need(name) === undefined,
);

for (const [name, { topics, scheduled }] of Object.entries(functionMap)) {
  // One after the other: each of them loads all that it is made of.
  test.serial(`the bundle of ${name} starts as it would in the cloud, and answers`, async t => {
    if (absent.length > 0) {
      t.log(`skipped: ${absent.join(' and ')} not set`);
      t.pass();
      return;
    }
    t.timeout(2 * 60_000);
    const { ask, logged } = await startBundle(t, name);
    if (name === 'hooks') {
      const { path, ...webhook } = signedWebhook({ kind: 'github', secret: SECRET, body: PUSH });
      t.is(await ask('/hooks/github', { method: 'POST', body: PUSH }), 401);
      t.is(await ask(path, webhook), 202);
      t.is(await ask(path, webhook), 200);
    } else if (name === 'api') {
      t.is(await ask('/healthz'), 200);
      t.is(await ask('/'), 200);
      t.is(await ask('/api/v1/status'), 401);
      t.is(await ask('/api/v1/status', { headers: { authorization: `Bearer ${SECRET}` } }), 200);
    } else if (scheduled) {
      t.is(await ask('/', { method: 'POST' }), 204);
      t.is(await ask('/?dryRun=true', { method: 'POST' }), 200);
    }
    for (const topic of topics ?? []) {
      t.is(
        await ask('/', messageOf({ topic, collection: COLLECTIONS[topic] ?? topic, key: 'nothing!here' })),
        204,
      );
      t.is(await ask('/', messageOf({ collection: topic, key: 7 })), 204, 'poison is put away');
    }
    t.notRegex(
      logged(),
      /Cannot find (?:module|package)|ERR_MODULE|ERR_REQUIRE|is not a (?:function|constructor)/,
    );
  });
}

async function startBundle(t: ExecutionContext, name: string) {
  const folder = await temporaryFolder(t);
  await bundleFunction(name, folder);
  const bundle = join(folder, name);
  await install(bundle);
  const { projectId, open } = firestorePlace(t, queries);
  const at = new Date().toISOString();
  await applyConfiguration(createRecords(open()), { text: CONFIGURATION, by: 'the test', at, over: 0 });
  const all = Object.values(functionMap).flatMap(({ topics = [] }) => topics);
  const endpoints = Object.fromEntries(all.map(topic => [topic, 'http://127.0.0.1:9']));
  await declareTopics({ projectId, prefix: 'headway', endpoints });
  t.teardown(() => stopPushes({ projectId, prefix: 'headway', endpoints }));
  let text = '';
  const running = await startFunction({
    name,
    bundle,
    port: await freePort(),
    log: line => {
      text += line;
    },
    environment: {
      ...process.env,
      GOOGLE_CLOUD_PROJECT: projectId,
      HEADWAY_PREFIX: 'headway',
      HEADWAY_TOKEN: 'env://BUNDLE_SECRET',
      HEADWAY_OWN_URL: 'http://127.0.0.1',
      BUNDLE_SECRET: SECRET,
      AWS_ACCESS_KEY_ID: 'nobody',
      AWS_SECRET_ACCESS_KEY: 'nothing',
      KUBECONFIG: join(folder, 'no-kubeconfig'),
      TMPDIR: folder,
    },
  });
  t.teardown(() => running.stop());
  return {
    logged: () => text,
    async ask(path: string, how: RequestInit = {}): Promise<number> {
      const answer = await fetch(`${running.url}${path}`, how);
      const body = await answer.text();
      if (answer.status >= 500) t.log(path, answer.status, body, text.slice(-2_000));
      return answer.status;
    },
  };
}

/** What the buildpack installs beside a bundle: what its package.json names, and nothing else. */
async function install(bundle: string): Promise<void> {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(bundle, 'package.json'), 'utf8'),
  );
  for (const name of Object.keys(dependencies)) {
    const place = join(bundle, 'node_modules', name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(MODULES, name), place);
  }
}

/** https://cloud.google.com/pubsub/docs/push#receive_push */
function messageOf(content: object): RequestInit {
  const message = { data: Buffer.from(JSON.stringify(content)).toString('base64'), messageId: randomUUID() };
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, subscription: 'projects/p/subscriptions/headway-tests' }),
  };
}
