import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import type { TargetUnderTest } from '../contracts/target.ts';
import { openDockerPlace } from '../helpers/docker-place.ts';
import { createGitRepository, temporaryFolder } from '../helpers/git-repository.ts';
import { freePort, startHeadway } from '../helpers/host-process.ts';
import { readAll, readApi } from '../helpers/host-process-checks.ts';
import { untilRunning } from '../helpers/host-process-sample.ts';
import { need } from '../helpers/need.ts';
import { signedWebhook } from '../helpers/signed-webhook.ts';
import { openSwarmPlace } from '../helpers/swarm-place.ts';

const SECRET = 'secret-of-the-journey';
const SERVING = 'CMD ["httpd", "-f", "-p", "8000", "-h", "/www"]\nSTOPSIGNAL SIGKILL\n';
const CRASHING = 'HEALTHCHECK --interval=500ms CMD ["true"]\nCMD ["sh", "-c", "echo no; exit 7"]\n';

type Place = Pick<TargetUnderTest, 'name' | 'image' | 'there' | 'close'>;
type Kind = {
  readonly open: (t: ExecutionContext) => Promise<Place | undefined>;
  /** The target's settings, and those of the service that differ. */
  readonly settings: (place: Place) => { readonly target: object; readonly service?: object };
};
type Service = {
  readonly phase: string;
  readonly message?: string;
  readonly observed?: { readonly digest: Digest };
};
type Deploy = {
  readonly phase: string;
  readonly rollback?: boolean;
  readonly commit?: string;
  readonly message?: string;
};

const journey = test.macro({
  async exec(t, kind: Kind) {
    const place = await kind.open(t);
    const base = need('LAB_BASE_IMAGE');
    if (place === undefined || base === undefined) {
      t.pass();
      return;
    }
    t.timeout(4 * 60_000);
    const host = await startHost(t, place, kind.settings(place));
    try {
      const zero = await host.push(
        'c0',
        `FROM ${base}\nRUN mkdir /www && echo 0 > /www/index.html\n${SERVING}`,
      );
      const first = await untilRunning(host.url, host.service, zero);
      t.is(await place.there(), first);

      const bad = await host.push('c1', `FROM ${base}\n${CRASHING}`);
      const held = await untilPhase(host, 'held');
      t.regex(held.message ?? '', /^rolled back: .{10}/);
      t.is(held.observed?.digest, first);
      t.is(await place.there(), first, 'what ran before goes on');
      const deploys = await readAll<Deploy>(host.url, 'deploys?');
      t.like(
        deploys.find(({ commit, rollback }) => commit === bad && !rollback),
        { phase: 'failed' },
      );
      t.like(
        deploys.find(({ rollback }) => rollback),
        { phase: 'running', commit: zero },
      );

      const two = await host.push(
        'c2',
        `FROM ${base}\nRUN mkdir /www && echo 2 > /www/index.html\n${SERVING}`,
      );
      const third = await untilRunning(host.url, host.service, two);
      t.not(third, first);
      t.is(await place.there(), third);
    } catch (error) {
      t.log(host.said());
      throw error;
    } finally {
      await host.stop();
      await place.close();
    }
  },
  title: (name = '') => `push, build, prod, rollout; what crashes is rolled back and held: ${name}`,
});

test('Swarm', journey, {
  open: openSwarmPlace,
  settings: () => ({ target: { kind: 'swarm' } }),
});
test('Docker', journey, {
  // A repository of its own: the other journey has the same commits and the same tag, moved by another headway.
  open: async t => {
    const place = await openDockerPlace(t);
    if (place === undefined) return undefined;
    const { image } = place;
    return { ...place, image: { ...image, repository: `${image.repository}-docker` } };
  },
  settings: () => ({ target: { kind: 'docker' }, service: { healthy: { after: '300ms' } } }),
});

async function startHost(
  t: ExecutionContext,
  place: Place,
  { target, service }: ReturnType<Kind['settings']>,
) {
  const folder = await temporaryFolder(t);
  const shop = await createGitRepository(t);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const configuration = {
    repos: { shop: { url: shop.path } },
    images: { web: { repo: 'shop', repository: formatImageReference(place.image), builder: 'docker' } },
    tags: { prod: { images: ['web'] } },
    targets: { place: target },
    services: { [place.name]: { target: 'place', image: 'web', tag: 'prod', timeout: '40s', ...service } },
    hooks: { github: { kind: 'github', secret: 'env://GITHUB_SECRET' } },
  };
  await writeFile(join(folder, 'headway.yaml'), JSON.stringify(configuration));
  const headway = startHeadway(['up'], {
    cwd: folder,
    environment: {
      PORT: String(port),
      GITHUB_SECRET: SECRET,
      DOCKER_HOST: process.env['DOCKER_HOST'],
    },
  });
  t.teardown(() => headway.signal('SIGKILL'));
  await headway.ready;
  let head: { readonly name: string; readonly sha: string } | undefined;
  return {
    url,
    service: `place/${place.name}`,
    said: () => headway.out() + headway.err(),
    async stop() {
      headway.signal('SIGINT');
      await headway.ended;
    },
    /** A commit with this Dockerfile, pushed and told of. */
    async push(name: string, dockerfile: string): Promise<string> {
      const parents = head === undefined ? [] : [head.name];
      const sha = (await shop.grow([{ name, parents, files: { Dockerfile: dockerfile } }]))[name] ?? '';
      await shop.branch('main', name);
      const before = head?.sha ?? '0'.repeat(40);
      const body = JSON.stringify({
        ref: 'refs/heads/main',
        before,
        after: sha,
        repository: { clone_url: shop.path },
      });
      const { path, ...request } = signedWebhook({ kind: 'github', secret: SECRET, body, delivery: name });
      t.is((await fetch(`${url}${path}`, request)).status, 202);
      head = { name, sha };
      return sha;
    },
  };
}

async function untilPhase(
  { url, service }: { url: string; service: string },
  phase: string,
): Promise<Service> {
  const end = Date.now() + 90_000;
  for (;;) {
    const found = await readApi<Service>(url, `services/${service}`);
    if (found?.phase === phase) return found;
    if (Date.now() > end) throw new Error(`${service} is not ${phase}: ${JSON.stringify(found)}`);
    await later(200);
  }
}
