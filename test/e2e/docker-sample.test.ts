import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createDockerBuilder } from '../../shared/adapters/builders/docker/builder.ts';
import { createDockerTarget } from '../../shared/adapters/targets/docker/docker-target.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { plainService } from '../helpers/docker-place.ts';
import { removeImages } from '../helpers/remove-images.ts';

const SAMPLE = new URL('../../infra/local/sample/repository', import.meta.url);

test('the sample is built by Docker on its own base, runs healthy, and a new commit shows', async t => {
  const lab = dockerLab(t);
  if (lab === undefined) {
    t.pass();
    return;
  }
  const { engine, registry } = lab;
  const mark = `sample-${randomBytes(4).toString('hex')}`;
  const files = await mkdtemp(join(tmpdir(), 'headway-sample-'));
  await cp(SAMPLE, files, { recursive: true });
  const credentials = async () => undefined;
  const builder = createDockerBuilder({ engine, credentials });
  const target = createDockerTarget({ name: 'here', engine, credentials });
  const docker = await engine.client();

  const build = async (image: string, tag: string, args: Record<string, string> = {}) => {
    const reference = { registry, repository: `${mark}/${image}`, tag };
    const order = { image: reference, context: join(files, image), dockerfile: 'Dockerfile', args };
    const rest = { labels: { test: mark }, epoch: 0 };
    const progress = { output() {}, progress() {} };
    const { digest } = await builder.build({ ...order, ...rest }, progress, AbortSignal.timeout(60_000));
    return { registry, repository: reference.repository, digest };
  };
  const deploy = async (name: string, image: Awaited<ReturnType<typeof build>>) => {
    const service = { ...plainService(), ports: ['8000'] };
    const answer = await target.deploy({ name, service, image }, AbortSignal.timeout(60_000));
    t.is(answer.kind, 'accepted', JSON.stringify(answer));
    t.deepEqual(await target.observe(name, service, image), { state: 'running', digest: image.digest });
    const { NetworkSettings } = await docker.getContainer(name).inspect();
    return fetch(`http://127.0.0.1:${NetworkSettings.Ports['8000/tcp']?.[0]?.HostPort}/`);
  };

  try {
    const BASE = formatImageReference(await build('base', '1'));
    const page = await deploy(`${mark}-web`, await build('web', '1', { BASE }));
    t.is(page.headers.get('content-type'), 'text/html; charset=utf-8');
    t.is(await page.text(), await readFile(join(files, 'web/index.html'), 'utf8'));
    const items = await deploy(`${mark}-api`, await build('api', '1', { BASE }));
    t.is(items.headers.get('content-type'), 'application/json');
    t.like(await items.json(), { version: 1 });

    await writeFile(join(files, 'web/index.html'), '<h1>Sale</h1>');
    const newer = await deploy(`${mark}-web`, await build('web', '2', { BASE }));
    t.is(await newer.text(), '<h1>Sale</h1>');
  } finally {
    for (const { Id, Names } of await docker.listContainers({ all: true })) {
      if (Names.some(name => name.startsWith(`/${mark}`)))
        await docker.getContainer(Id).remove({ force: true });
    }
    for (const name of ['web', 'api']) await docker.getNetwork(`headway-${mark}-${name}`).remove();
    await removeImages(docker, { label: [`test=${mark}`] });
    await rm(files, { recursive: true });
  }
});
