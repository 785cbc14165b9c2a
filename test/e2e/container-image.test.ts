import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { createGitRepository } from '../helpers/git-repository.ts';
import { docker, headwayImage, removeHeadwayImage } from '../helpers/headway-image.ts';
import { freePort } from '../helpers/host-process.ts';
import { readApi } from '../helpers/host-process-checks.ts';

test.after.always(removeHeadwayImage);

test.serial(
  'the image serves the sample as nobody in particular, and the engine finds it healthy',
  async t => {
    const place = await openPlace(t);
    if (place === undefined) {
      t.pass();
      return;
    }
    const name = await place.up([]);
    await place.until(name, /What is told here was delivered|Your own:/);
    await place.untilHealthy(name);
    t.is(await docker('exec', name, 'id', '-u'), '1000');
    t.regex(await docker('exec', name, 'headway', 'status'), /^headway \S+ at http:/);
    const token = await docker('exec', name, 'cat', '/headway/.headway/sample/token');

    t.true((await place.stop(name)) < 10_000);
    t.is(await docker('inspect', '--format', '{{.State.ExitCode}}', name), '0');
    await docker('start', name);
    await place.until(name, /the sample was delivered before; going on from its state/);
    t.is(await docker('exec', name, 'cat', '/headway/.headway/sample/token'), token);
    await place.stop(name);
  },
);

test.serial('only what runs headway is in the image, and what it is is written on it', async t => {
  const place = await openPlace(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  const list = (path: string) =>
    docker('run', '--rm', '--entrypoint', 'ls', place.image, '-A', path).then(text => text.split('\n'));
  t.deepEqual((await list('/opt/headway')).toSorted(), [
    'LICENSE',
    'functions',
    'infra',
    'node_modules',
    'package.json',
    'shared',
  ]);
  const packages = await list('/opt/headway/node_modules');
  for (const tool of ['ava', 'typescript', 'esbuild', 'playwright-core'])
    t.false(packages.includes(tool), tool);
  const { User, Labels, Volumes, StopSignal } = JSON.parse(
    await docker('inspect', '--format', '{{json .Config}}', place.image),
  );
  t.is(User, '1000:1000');
  t.is(StopSignal, undefined);
  t.deepEqual(Object.keys(Volumes), ['/headway/.headway']);
  t.is(Labels['org.opencontainers.image.title'], 'headway');
});

test.serial(
  'as a builder it builds a mounted repository, and its notices settle the builds of the host',
  async t => {
    const place = await openPlace(t);
    if (place === undefined) {
      t.pass();
      return;
    }
    const { registry, image } = place;
    const repository = `${registry}/test/${place.mark}`;
    const source = await createGitRepository(t);
    const spec = ['base', 'web'].map(name => `  ${name}: {image_name: ${repository}/${name}`);
    const shas = await source.grow([
      {
        name: 'first',
        files: {
          'spec.yml': `images:\n${spec[0]}}\n${spec[1]}, depend_on: base}\n`,
          'base/Dockerfile': 'FROM scratch\nCOPY a /a\n',
          'base/a': 'a',
          'web/Dockerfile': `ARG BASE_TAG=latest\nFROM ${repository}/base:$BASE_TAG\nCOPY b /b\n`,
          'web/b': 'b',
        },
      },
    ]);
    await source.branch('main', 'first');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const images = ['base', 'web'].map(
      name => `  ${name}: {repo: shop, repository: ${repository}/${name}, builder: none}`,
    );
    const yaml = `repos: {shop: {url: "file:///source"}}\nimages:\n${images.join('\n')}\nhooks: {builders: {kind: notices, secret: env://BUILDERS}}\n`;
    await writeFile(join(place.folder, 'headway.yaml'), yaml);
    const at = [`--volume`, `${source.path}:/source:ro`, '--network', 'host'];
    const host = await place.up([
      ...at,
      ...['--volume', `${place.folder}/headway.yaml:/headway/headway.yaml:ro`],
      ...['--env', `PORT=${port}`, '--env', 'HOST=127.0.0.1', '--env', 'BUILDERS=hunter2-hunter2'],
    ]);
    await place.until(host, /^headway ready/m);

    const words = ['build', '--json', '--folder', '/source', '--notices', `${url}/hooks/builders`];
    const env = ['--env', 'HEADWAY_NOTICES_SECRET=hunter2-hunter2'];
    const out = JSON.parse(await docker('run', '--rm', ...at, ...env, image, ...words));
    t.deepEqual(
      out.images.map(({ action }: { action: string }) => action),
      ['built', 'built'],
    );
    for (const [index, name] of ['base', 'web'].entries()) {
      const build = await place.untilBuilt(url, `${name}/${shas['first']}`);
      t.like(build, { status: 'succeeded', digest: out.images[index].digest });
    }
    await place.stop(host);
  },
);

/** The image, and containers of it that go with the test. */
async function openPlace(t: ExecutionContext) {
  t.timeout(10 * 60_000);
  const found = await headwayImage(t);
  if (found === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'headway-container-'));
  // The user in the container is another one.
  await chmod(folder, 0o755);
  t.teardown(() => rm(folder, { recursive: true }));
  const mark = folder.slice(-6).toLowerCase();
  return {
    ...found,
    folder,
    mark,
    async up(words: readonly string[]): Promise<string> {
      const name = `headway-test-${mark}`;
      await docker(
        'run',
        '--detach',
        '--init',
        '--name',
        name,
        '--health-interval',
        '1s',
        ...words,
        found.image,
      );
      t.teardown(() => docker('rm', '--force', '--volumes', name));
      return name;
    },
    /** Waits until it has said so since it was last started. */
    until: (name: string, pattern: RegExp) =>
      untilTrue(async () => {
        const since = await docker('inspect', '--format', '{{.State.StartedAt}}', name);
        return pattern.test(await docker('logs', '--since', since, name));
      }),
    untilHealthy: (name: string) =>
      untilTrue(
        async () => (await docker('inspect', '--format', '{{.State.Health.Status}}', name)) === 'healthy',
      ),
    async untilBuilt(url: string, key: string) {
      await untilTrue(async () => (await builtAt(url, key))?.status === 'succeeded').catch(async () => {
        throw new Error(JSON.stringify(await readApi(url, 'deliveries?limit=10')));
      });
      return await builtAt(url, key);
    },
    /** Milliseconds that it took. */
    async stop(name: string): Promise<number> {
      const before = performance.now();
      await docker('stop', '--time', '20', name);
      return performance.now() - before;
    },
  };
}

function builtAt(url: string, key: string) {
  return readApi<{ readonly status: string; readonly digest: string }>(url, `builds/${key}`);
}

async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await look()) return;
    await later(200);
  }
  throw new Error('It did not come to that');
}
