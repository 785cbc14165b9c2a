import test, { type ExecutionContext } from 'ava';
import type Dockerode from 'dockerode';
import { developerGit } from '../../infra/local/sample/developer-git.ts';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import { createSamplePlace, pushChange, TOLD, untilRunning } from '../helpers/host-process-sample.ts';
import { need } from '../helpers/need.ts';
import { removeImages } from '../helpers/remove-images.ts';

const SERVICES = ['shop-web', 'shop-api'];

test('with a Docker engine the sample runs in containers that answer, and a push changes what they say', async t => {
  const host = need('DOCKER_HOST');
  if (host === undefined) {
    t.log('skipped: needs a Docker engine (DOCKER_HOST)');
    t.pass();
    return;
  }
  t.timeout(4 * 60_000);
  const docker = await connectDocker({ host, environment: process.env }).client();
  await removeLeftBehind(docker);
  const there = await namesOf(docker);
  if (SERVICES.some(name => there.includes(name))) {
    t.fail(
      'Cannot run the sample beside another one on this engine: stop that one and remove its containers',
    );
    return;
  }
  const place = await createSamplePlace(t, { environment: { DOCKER_HOST: host } });
  t.teardown(() => removeAll(docker, place.port));
  const headway = place.up();
  await headway.said(TOLD);
  const newest = await developerGit(['rev-parse', 'main'], { cwd: place.shop });
  const digest = await untilRunning(place.url, 'docker/shop-web', newest);
  await untilRunning(place.url, 'docker/shop-api', newest);
  t.is((await place.run('status')).code, 0);
  t.is((await place.run('why', 'docker/shop-web')).code, 0);
  t.regex(await answerOf(t, docker, 'shop-web'), /Four things.+15803d|15803d.+Four things/s);
  t.regex(await answerOf(t, docker, 'shop-api'), /"price": 42/);

  const change = await pushChange(t, place, 'A biscuit');
  t.not(await untilRunning(place.url, 'docker/shop-web', change), digest);
  t.regex(await answerOf(t, docker, 'shop-web'), /A biscuit/);

  headway.signal('SIGINT');
  t.like(await headway.ended, { code: 0, err: '' });
  t.regex(await answerOf(t, docker, 'shop-web'), /A biscuit/, 'it runs on without headway');
});

async function answerOf(t: ExecutionContext, docker: Dockerode, name: string): Promise<string> {
  const { NetworkSettings } = await docker.getContainer(name).inspect();
  const port = NetworkSettings.Ports['8000/tcp']?.[0]?.HostPort;
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  t.is(answer.status, 200);
  return answer.text();
}

async function namesOf(docker: Dockerode): Promise<string[]> {
  const all = await docker.listContainers({ all: true });
  return all.flatMap(({ Names }) => Names.map(name => name.slice(1)));
}

/** What a sample runs goes on without it; the containers of one whose registry does not answer are nobody's. */
async function removeLeftBehind(docker: Dockerode): Promise<void> {
  for (const { Id, Image, Names } of await docker.listContainers({ all: true })) {
    const [registry = ''] = Image.split('/shop/');
    if (registry === Image || !SERVICES.some(name => Names.includes(`/${name}`))) continue;
    const answers = await fetch(`http://${registry}/v2/`).then(
      () => true,
      () => false,
    );
    if (answers) continue;
    await docker.getContainer(Id).remove({ force: true });
  }
}

async function removeAll(docker: Dockerode, port: number): Promise<void> {
  for (const name of await namesOf(docker)) {
    if (SERVICES.some(service => name.startsWith(service)))
      await docker.getContainer(name).remove({ force: true });
  }
  for (const name of SERVICES) await docker.getNetwork(`headway-${name}`).remove();
  await removeImages(docker, { reference: [`127.0.0.1:${port}/shop/*`] });
}
