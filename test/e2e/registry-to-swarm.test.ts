import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import test from 'ava';
import { parseImageReference } from '../../shared/domain/names/image-reference.ts';
import { dockerLab } from '../helpers/docker-lab.ts';
import { temporaryFolder } from '../helpers/git-repository.ts';
import { freePort, startHeadway } from '../helpers/host-process.ts';
import { readApi } from '../helpers/host-process-checks.ts';
import { need } from '../helpers/need.ts';
import { startNotifyingRegistry } from '../helpers/notifying-registry.ts';
import { removeImages } from '../helpers/remove-images.ts';
import { runProgram } from '../helpers/run-program.ts';

const SECRET = 'registry-secret-of-the-swarm';
type Service = { readonly phase: string; readonly observed?: { readonly digest: string } };

test('a docker push to a Distribution registry with notifications on reaches a running Swarm service', async t => {
  const lab = dockerLab(t);
  const base = need('LAB_BASE_IMAGE');
  if (lab === undefined || base === undefined || need('LAB_SWARM') === undefined) {
    t.log('skipped: needs a Docker engine that is a manager of a Swarm (LAB_SWARM)');
    t.pass();
    return;
  }
  t.timeout(3 * 60_000);
  const port = await freePort();
  const registry = await startNotifyingRegistry(t, {
    hook: `http://127.0.0.1:${port}/hooks/registry`,
    secret: SECRET,
  });
  if (registry === undefined) {
    t.log('skipped: the program docker-registry is not installed');
    t.pass();
    return;
  }
  const mark = `swarm-${randomBytes(4).toString('hex')}`;
  const name = `test-${mark}`;
  const image = `${registry.host}/acme/${mark}`;
  const docker = await lab.engine.client();
  const folder = await temporaryFolder(t);
  t.teardown(() => removeImages(docker, { label: [`test=${mark}`] }));
  /** As a person would, with the command of Docker. */
  const push = async (word: string) => {
    const lines = [`FROM ${base}`, `LABEL test=${mark}`, `RUN echo ${word} > /word`, 'CMD ["sleep", "9999"]'];
    await writeFile(join(folder, 'Dockerfile'), [...lines, 'STOPSIGNAL SIGKILL', ''].join('\n'));
    await runProgram('docker', ['build', '--quiet', '--tag', `${image}:live`, folder]);
    await runProgram('docker', ['push', '--quiet', `${image}:live`]);
    const { RepoDigests } = await docker.getImage(`${image}:live`).inspect();
    return RepoDigests.map(one => parseImageReference(one)?.digest).find(one => one !== undefined);
  };

  const one = await push('one');
  const made = await docker.createService({
    Name: name,
    TaskTemplate: { ContainerSpec: { Image: `${image}:live@${one}` } },
    Mode: { Replicated: { Replicas: 1 } },
  });
  t.teardown(() => docker.getService(made.id).remove());
  const configuration = {
    images: { app: { repository: image } },
    tags: { live: { images: ['app'], movedBy: 'registry' } },
    targets: { swarm: { kind: 'swarm' } },
    services: { [name]: { target: 'swarm', image: 'app', tag: 'live' } },
    hooks: { registry: { kind: 'distribution', secret: 'env://REGISTRY_SECRET' } },
  };
  await writeFile(join(folder, 'headway.yaml'), JSON.stringify(configuration));
  const environment = {
    PORT: String(port),
    REGISTRY_SECRET: SECRET,
    DOCKER_HOST: process.env['DOCKER_HOST'],
  };
  const headway = startHeadway(['up'], { cwd: folder, environment });
  t.teardown(() => headway.signal('SIGKILL'));
  await headway.ready;

  const two = await push('two');
  t.not(two, one);
  const end = Date.now() + 90_000;
  for (;;) {
    const found = await readApi<Service>(`http://127.0.0.1:${port}`, `services/swarm/${name}`);
    if (found?.phase === 'running' && found.observed?.digest === two) break;
    if (Date.now() > end)
      throw new Error(`It does not run ${two}: ${JSON.stringify(found)}\n${headway.err()}`);
    await later(200);
  }
  const { Spec } = await docker.getService(made.id).inspect();
  t.is(Spec.TaskTemplate.ContainerSpec.Image, `${image}:live@${two}`);
  headway.signal('SIGINT');
  await headway.ended;
});
