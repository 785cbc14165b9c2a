import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { createDockerContainers } from '../../shared/adapters/containers/docker/containers.ts';
import { ContainerFailure } from '../../shared/ports/containers.ts';
import { openDockerContainers } from '../helpers/docker-containers.ts';

const PROCESS = fileURLToPath(new URL('../fixtures/container-process.ts', import.meta.url));
const SOON = () => AbortSignal.timeout(120_000);

test('what a killed process left running is removed before the next run of its owner', async t => {
  const place = await open(t);
  if (place === undefined) return;
  const killed = spawn(process.execPath, [PROCESS, place.owner, place.image], { stdio: 'pipe' });
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  t.is(await place.count(''), 1);
  const other = place.create({ owner: `test-${randomUUID()}` });
  await other.run(place.order('true'), () => {}, SOON());
  t.is(await place.count(''), 1, "it is not another owner's to remove");
  await place.containers.run(place.order('true'), () => {}, SOON());
  t.is(await place.count(''), 0);
});

test('what nobody can be waiting for any more is removed whoever owned it, and what is waited for stays', async t => {
  const place = await open(t);
  if (place === undefined) return;
  const longAgo = place.create({ clock: { now: () => 0 } });
  const begun = Promise.withResolvers<void>();
  const forgotten = longAgo.run(place.order('echo begun; sleep 600'), () => begun.resolve(), SOON());
  const stop = new AbortController();
  const running = place.containers.run(place.order('echo begun; sleep 600'), () => {}, stop.signal);
  const ended = Promise.allSettled([forgotten]);
  // Whoever runs a container beside this test may have removed it already.
  await Promise.race([begun.promise, ended]);
  const other = place.create({ owner: `test-${randomUUID()}` });
  await other.run(place.order('true'), () => {}, SOON());
  await ended;
  t.is(await place.count(''), 1);
  stop.abort(new Error('enough'));
  await t.throwsAsync(running, { message: 'enough' });
});

test('a container that prints without end costs no memory: 256 MB', async t => {
  const place = await open(t);
  if (place === undefined) return;
  let characters = 0;
  let most = 0;
  const before = process.memoryUsage.rss();
  const script = `yes ${'x'.repeat(1_023)} | head -c ${2 ** 28}`;
  const end = await place.containers.run(
    place.order(script),
    line => {
      characters += line.length;
      most = Math.max(most, process.memoryUsage.rss());
    },
    SOON(),
  );
  t.deepEqual(end, { kind: 'exited', code: 0 });
  t.is(characters, 2 ** 18 * 1_023);
  t.true(most - before < 100 * 2 ** 20, `grew by ${Math.round((most - before) / 2 ** 20)} MB`);
});

test('a container that is removed by others has failed, and does not keep anybody waiting', async t => {
  const place = await open(t);
  if (place === undefined) return;
  const begun = Promise.withResolvers<void>();
  const running = place.containers.run(place.order('echo begun; sleep 600'), () => begun.resolve(), SOON());
  await begun.promise;
  for (const { Id } of await place.list()) await place.docker.getContainer(Id).remove({ force: true });
  const [ended] = await Promise.allSettled([running]);
  // It may be seen killed before it is gone.
  if (ended.status === 'fulfilled') t.deepEqual(ended.value, { kind: 'exited', code: 137 });
  else t.false(ended.reason instanceof ContainerFailure);
});

test('an image that the engine does not know is fetched by its digest', async t => {
  const place = await open(t);
  if (place === undefined) return;
  const { RepoDigests } = await place.docker.getImage(place.image).inspect();
  const [digest = ''] = RepoDigests;
  const image = digest.replace('127.0.0.1', 'localhost');
  await place.docker
    .getImage(image)
    .remove()
    .catch(() => {});
  t.teardown(() => place.docker.getImage(image).remove());
  t.deepEqual(await place.containers.run({ ...place.order('true'), image }, () => {}, SOON()), {
    kind: 'exited',
    code: 0,
  });
});

test('a registry that does not answer is what may pass by itself', async t => {
  const place = await open(t);
  if (place === undefined) return;
  const order = { ...place.order('true'), image: '127.0.0.1:1/no/where:1' };
  const error = await t.throwsAsync(
    place.containers.run(order, () => {}, SOON()),
    {
      message: /^Cannot pull "127\.0\.0\.1:1\/no\/where:1": .*connection refused/,
    },
  );
  t.false(error instanceof ContainerFailure);
});

test('a child that was killed for its memory counts, whatever its parent makes of it', async t => {
  const place = await open(t);
  if (place === undefined) return;
  // The kernel's word reaches the engine beside the end of the container: a parent that ends at once may overtake it.
  const script = 'dd if=/dev/zero of=/dev/null bs=200M; sleep 2; exit 0';
  const order = { ...place.order(script), limits: { memory: '32m' } };
  t.deepEqual(await place.containers.run(order, () => {}, SOON()), { kind: 'out of memory' });
});

test('volumes of the image go with its container', async t => {
  const place = await open(t);
  if (place === undefined) return;
  const name = `headway-test-${randomUUID()}`;
  const made = await place.docker.createContainer({
    Image: place.image,
    Cmd: ['true'],
    Volumes: { '/data': {} },
  });
  await made.commit({ repo: name });
  await made.remove({ v: true });
  t.teardown(() => place.docker.getImage(name).remove());
  const volumes = async () => (await place.docker.listVolumes()).Volumes.map(({ Name }) => Name);
  const lines: string[] = [];
  const before = new Set(await volumes());
  const script = 'grep " /data " /proc/self/mountinfo';
  await place.containers.run({ ...place.order(script), image: name }, line => lines.push(line), SOON());
  const volume = /volumes\/([0-9a-f]{64})\//.exec(lines[0] ?? '')?.[1] ?? '';
  t.regex(volume, /^[0-9a-f]{64}$/);
  t.false(before.has(volume));
  t.false((await volumes()).includes(volume));
});

async function open(t: ExecutionContext) {
  const place = await openDockerContainers(t);
  if (place === undefined) {
    t.pass();
    return undefined;
  }
  const { engine, owner } = place;
  const usual = { engine, owner, credentials: async () => undefined, clock: { now: Date.now } };
  return {
    ...place,
    list: () =>
      place.docker.listContainers({ all: true, filters: { label: [`dev.headway.run.owner=${owner}`] } }),
    create: (other: Partial<typeof usual>) => createDockerContainers({ ...usual, ...other }),
    order: (script: string) => ({ image: place.image, command: ['sh', '-c', script], timeout: 100_000 }),
  };
}
