import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { freePort, startHeadway } from '../helpers/host-process.ts';
import { readAll, readApi, untilSettled } from '../helpers/host-process-checks.ts';
import { startNotifyingRegistry } from '../helpers/notifying-registry.ts';
import { push, smallImage } from '../helpers/small-image.ts';

const SECRET = 'registry-secret-of-the-shop';
const TAGS = ['v1', 'v1.2', 'v1.2.3', 'stable', 'latest'];
const SERVICES = { mail: 'stable', relay: 'stable', archive: 'v1.2.3', canary: 'edge' };

const client = createRegistryClient({ credentials: async () => undefined });
const list = (entries: readonly string[]) => entries.map(entry => `  ${entry}\n`).join('');

test('what is pushed to a Distribution registry with notifications on reaches what runs, even while headway is down', async t => {
  t.timeout(2 * 60_000);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const registry = await startNotifyingRegistry(t, { hook: `${url}/hooks/registry`, secret: SECRET });
  if (registry === undefined) {
    t.log('skipped: the program docker-registry is not installed');
    t.pass();
    return;
  }
  const place = { registry: registry.host, repository: 'acme/mail' };
  const { manifests, start } = await createPlace(t, { port, image: `${registry.host}/acme/mail` });
  const pushAll = async (word: string) => {
    for (const tag of TAGS) await push(client, { ...place, tag }, smallImage(word));
    return smallImage(word).digest;
  };
  const commitsOf = async (service: string) =>
    (await manifests.git('log', '--format=%s', 'main', '--', `${service}.yaml`)).trim().split('\n').length;

  const first = start();
  t.is(await first.ready, url);
  const one = await pushAll('one');
  for (const service of ['mail', 'relay', 'archive']) await untilRuns(url, service, one);
  await untilSettled(url, 20_000);
  for (const service of ['mail', 'relay', 'archive']) {
    t.is(await manifests.git('show', `main:${service}.yaml`), `image: ${registry.host}/acme/mail@${one}\n`);
    t.is(await commitsOf(service), 2, `${service} was deployed once`);
  }
  t.is(await commitsOf('canary'), 1, 'what follows another tag was left alone');
  const deliveries = await readAll<{ readonly source: string; readonly status: string }>(url, 'deliveries?');
  t.true(deliveries.some(({ source, status }) => source === 'registry' && status === 'done'));

  first.signal('SIGKILL');
  await first.ended;
  const two = await pushAll('two');
  start();
  await untilRuns(url, 'mail', two);
  await untilRuns(url, 'archive', two);
});

type PlaceOptions = { readonly port: number; readonly image: string };

/** A folder with a configuration over a repository of manifests, for hosts that are started in it. */
async function createPlace(t: ExecutionContext, { port, image }: PlaceOptions) {
  const manifests = await createGitRepository(t);
  const files = Object.keys(SERVICES).map(service => [`${service}.yaml`, `image: ${image}:unreleased\n`]);
  await manifests.grow([{ name: 'first', files: Object.fromEntries(files) }]);
  await manifests.branch('main', 'first');
  const cwd = await temporaryFolder(t);
  const targets = Object.keys(SERVICES).map(
    name => `${name}: { kind: git, url: ${JSON.stringify(manifests.path)}, files: [${name}.yaml] }`,
  );
  const services = Object.entries(SERVICES).map(
    ([name, tag]) => `${name}: { target: ${name}, image: mail, tag: ${tag} }`,
  );
  await writeFile(
    join(cwd, 'headway.yaml'),
    `images:
  mail: { repository: ${image} }
tags:
${list([...TAGS, 'edge'].map(tag => `${tag}: { images: [mail], movedBy: registry }`))}targets:
${list(targets)}services:
${list(services)}hooks:
  registry: { kind: distribution, secret: env://REGISTRY_SECRET }
`,
  );
  const start = () => {
    const environment = { PORT: String(port), REGISTRY_SECRET: SECRET };
    const host = startHeadway(['up'], { cwd, environment });
    t.teardown(() => host.signal('SIGKILL'));
    return host;
  };
  return { manifests, start };
}

type Running = { readonly phase: string; readonly observed?: { readonly digest: string } };

async function untilRuns(url: string, service: string, digest: string): Promise<void> {
  const end = Date.now() + 40_000;
  for (;;) {
    const found = await readApi<Running>(url, `services/${service}/${service}`).catch(() => undefined);
    if (found?.phase === 'running' && found.observed?.digest === digest) return;
    if (Date.now() > end) throw new Error(`${service} does not run ${digest}: ${JSON.stringify(found)}`);
    await later(100);
  }
}
