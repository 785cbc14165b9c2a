import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { startCaddy } from '../helpers/caddy.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { createGitRepository } from '../helpers/git-repository.ts';
import { readAll, untilSettled } from '../helpers/host-process-checks.ts';
import { startExample } from '../helpers/host-process-example.ts';
import { need } from '../helpers/need.ts';
import { removeImages } from '../helpers/remove-images.ts';
import { serveRegistry } from '../helpers/serve-registry.ts';
import { serveHeroku } from '../helpers/target-servers/heroku-server.ts';

const SECRET = 'secret-of-the-forge';
const ENVIRONMENT = {
  GHCR_TOKEN: 'ghcr-token',
  HEROKU_API_KEY: 'good-token',
  GITHUB_WEBHOOK_SECRET: SECRET,
};
type Deploy = { readonly service: string; readonly commit?: string; readonly phase: string };
type Build = { readonly commit: string; readonly status: string };

const client = createRegistryClient({ credentials: async () => undefined });

// The example's services have one name each on the engine.
test.serial(
  'TB-4, TB-7: what is pushed to dev runs on Docker under its hostname, of pushes in a row the last; what reaches master is released to Heroku',
  async t => {
    const place = await openPlace(t);
    if (place === undefined) return;
    const { heroku, push } = place;
    const host = await place.start();

    const zero = await push(host, 'c0', 'dev');
    await host.untilCommit('here/shop-dev', zero);
    t.is(await place.page(), 'this is c0\n');
    t.is(heroku.running(), undefined, 'nothing of dev goes to Heroku');

    await push(host, 'c1', 'dev');
    const two = await push(host, 'c2', 'dev');
    await host.untilCommit('here/shop-dev', two);
    t.is(await place.page(), 'this is c2\n');
    t.deepEqual(await deploysOf(host.url, 'shop-dev'), [zero, two]);

    await push(host, 'c2', 'master');
    await host.untilCommit('heroku/shop', two);
    t.is(heroku.running(), await place.imageId(two));
    await untilSettled(host.url, 30_000);
    t.deepEqual(await deploysOf(host.url, 'shop'), [two]);
    t.deepEqual(await deploysOf(host.url, 'shop-dev'), [zero, two], 'Docker is left as it is');
    const builds = await readAll<Build>(host.url, 'builds?');
    t.is(builds.filter(({ commit }) => commit === two).length, 1, 'the commit is built once');
  },
);

test.serial(
  'TB-1, TB-2, TB-5, TB-6: a ping, a repository of nobody and a Git tag are stored and answered, a wrong signature is not; nothing is built',
  async t => {
    const place = await openPlace(t);
    if (place === undefined) return;
    const host = await place.start();
    const send = (event: string, body: object, secret = SECRET) =>
      host.send({
        kind: 'github',
        secret,
        event,
        delivery: randomBytes(8).toString('hex'),
        body: JSON.stringify(body),
      });
    const after = 'a'.repeat(40);
    const pushed = { ref: 'refs/heads/dev', before: '0'.repeat(40), after };
    const theirs = { repository: { clone_url: 'https://github.com/somebody/else.git' } };

    t.is(await send('ping', { zen: 'Keep it simple' }), 202);
    t.is(await send('push', { ...pushed, ...theirs }), 202);
    t.is(
      await send('push', { ...pushed, ref: 'refs/tags/release-1.2', repository: { clone_url: place.url } }),
      202,
    );
    t.is(await send('push', { ...pushed, repository: { clone_url: place.url } }, 'wrong'), 401);
    await untilSettled(host.url, 30_000);
    const deliveries = await readAll<{ readonly status: string }>(host.url, 'deliveries?');
    t.is(deliveries.filter(({ status }) => status !== 'waiting').length, 3);
    t.deepEqual(await readAll<Build>(host.url, 'builds?'), []);
    t.is(place.heroku.running(), undefined);
  },
);

/** The commits that were deployed, the oldest first. */
async function deploysOf(url: string, name: string): Promise<(string | undefined)[]> {
  const deploys = await readAll<Deploy & { readonly dispatchedAt: string }>(url, 'deploys?');
  return deploys
    .filter(({ service }) => service === name)
    .toSorted((a, b) => (a.dispatchedAt < b.dispatchedAt ? -1 : 1))
    .map(({ commit }) => commit);
}

/** What a browser is shown that knows the server by this name. */
function pageOf(url: string, host: string): Promise<string> {
  return new Promise((done, fail) => {
    get(url, { headers: { host } }, response => {
      text(response).then(done, fail);
    }).on('error', fail);
  });
}

type Host = Awaited<ReturnType<typeof startExample>>;

/** The engine, the registry and Caddy of this machine, a repository, and Heroku's API; nothing, said aloud, without them. */
async function openPlace(t: ExecutionContext) {
  t.timeout(3 * 60_000);
  const lab = dockerLab(t);
  const base = need('LAB_BASE_IMAGE');
  const caddy = await startCaddy(t);
  if (lab === undefined || base === undefined || caddy === undefined) {
    t.pass();
    return undefined;
  }
  const docker = await lab.engine.client();
  const folder = `tag-hook-${randomBytes(4).toString('hex')}`;
  const shop = await createGitRepository(t);
  const registry = await serveRegistry(t);
  const heroku = await serveHeroku(t, { images: client, registry });
  const heads = new Map<string, string>();
  let newest: string | undefined;
  t.teardown(async () => {
    const mine = await docker.listContainers({ all: true, filters: { name: ['^/shop-dev'] } });
    for (const { Id } of mine) await docker.getContainer(Id).remove({ force: true });
    await docker
      .getNetwork('headway-shop-dev')
      .remove()
      .catch(() => {});
    await docker
      .getVolume('shop-dev-data')
      .remove()
      .catch(() => {});
    await removeImages(docker, { reference: [`${lab.registry}/${folder}/shop`] });
  });

  /** Makes a commit with a page that says its name if it is new, pushes it to a branch and tells of it. */
  async function push(host: Host, name: string, branch: string): Promise<string> {
    if (name !== newest) {
      const dockerfile = `FROM ${base}\nCOPY index.html /www/\nCMD ["httpd", "-f", "-p", "8000", "-h", "/www"]\nSTOPSIGNAL SIGKILL\n`;
      const files = { Dockerfile: dockerfile, 'index.html': `this is ${name}\n` };
      await shop.grow([{ name, parents: newest === undefined ? [] : [newest], files }]);
      newest = name;
    }
    await shop.branch(branch, name);
    const after = (await shop.git('rev-parse', branch)).trim();
    const before = heads.get(branch) ?? '0'.repeat(40);
    heads.set(branch, after);
    const body = { ref: `refs/heads/${branch}`, before, after, repository: { clone_url: shop.path } };
    const delivery = `${branch}-${name}`;
    t.is(await host.send({ kind: 'github', secret: SECRET, delivery, body: JSON.stringify(body) }), 202);
    return after;
  }

  return {
    heroku,
    push,
    url: shop.path,
    page: () => pageOf(caddy.url, 'dev.shop.acme.com'),
    /** Heroku knows images by the digests of their configurations. */
    async imageId(commit: string): Promise<string> {
      const image = { registry: lab.registry, repository: `${folder}/shop`, tag: commit };
      const found = await client.manifest(image);
      return JSON.parse(Buffer.from(found?.bytes ?? []).toString('utf8')).config.digest;
    },
    start: () =>
      startExample(t, 'tag-hook', {
        addresses: {
          'https://github.com/acme/shop.git': shop.path,
          // A path has no login.
          '    credentials: { username: x-access-token, password: env://GITHUB_TOKEN }\n': '',
          'ghcr.io/acme/': `${lab.registry}/${folder}/`,
          'kind: heroku': `kind: heroku, endpoint: ${heroku.origin}, registry: ${registry}`,
          'folder: /srv/headway': `folder: ${caddy.folder}, admin: ${caddy.admin}, listen: ['${new URL(caddy.url).host}']`,
        },
        environment: { DOCKER_HOST: process.env['DOCKER_HOST'], ...ENVIRONMENT },
      }),
  };
}
