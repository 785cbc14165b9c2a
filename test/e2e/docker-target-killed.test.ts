import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { containerSpec } from '../../shared/adapters/targets/docker/container-spec.ts';
import { markProved, stepAside } from '../../shared/adapters/targets/docker/settle.ts';
import { containerNames, lookUp } from '../../shared/adapters/targets/docker/standing.ts';
import type { Order } from '../../shared/ports/target.ts';
import { type DockerPlace, openDockerPlace, removeBuiltImages } from '../helpers/docker-place.ts';

test.after.always(removeBuiltImages);

test.serial(
  'a deploy killed half way leaves the old container serving, and the next one clears up',
  async t => {
    await withPlace(t, async place => {
      await deploy(place, place.digests.v1);
      const [before] = await place.named();
      const patient = { ...place.service, healthy: { after: '10m' } };
      await killOnceStarted(place, { ...order(place, place.digests.v2), service: patient });

      t.is(await place.there(), place.digests.v1);
      t.is((await place.named()).length, 2);
      t.like(await place.observe(), { state: 'updating' });
      t.deepEqual(await deploy(place, place.digests.v2), { kind: 'accepted' });
      t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v2 });
      const after = await place.named();
      t.is(after.length, 1);
      t.not(after[0]?.Id, before?.Id);
    });
  },
);

/** Every place where a deploy can be cut off, made by hand, and what must run after any next deploy's first look. */
const settles = test.macro({
  async exec(t, cut: (place: DockerPlace) => Promise<void>, survivor: 'v1' | 'v2') {
    await withPlace(t, async place => {
      await deploy(place, place.digests.v1);
      await cut(place);
      t.like(await place.observe(), { state: 'updating' });
      t.like(await deploy(place, place.digests[survivor]), { kind: 'accepted', note: 'it runs already' });
      t.deepEqual(await place.observe(), { state: 'running', digest: place.digests[survivor] });
      t.is((await place.named()).length, 1);
    });
  },
  title: (name = '') => `a deploy cut off ${name} is settled by the next`,
});

test.serial('before the new container is started', settles, async place => void (await next(place)), 'v1');

test.serial('while the new container is tried', settles, async place => void (await startNext(place)), 'v1');

test.serial(
  'once the old one is stopped for its port',
  settles,
  async place => {
    await next(place);
    await aside(place);
  },
  'v1',
);

test.serial(
  'while the new one has the port of the old one',
  settles,
  async place => {
    await next(place);
    await aside(place);
    await place.docker.getContainer(containerNames(place.name).next).start();
  },
  'v1',
);

test.serial(
  'once the new container has proved itself',
  settles,
  async place => {
    await markProved(at(place), await startNext(place));
  },
  'v2',
);

test.serial(
  'once the old container has given up the name',
  settles,
  async place => {
    await markProved(at(place), await startNext(place));
    await place.docker.getContainer(place.name).rename({ name: containerNames(place.name).previous });
  },
  'v2',
);

test.serial(
  'before the old container is gone',
  settles,
  async place => {
    const id = await startNext(place);
    await markProved(at(place), id);
    await aside(place);
    await place.docker.getContainer(id).rename({ name: place.name });
  },
  'v2',
);

test.serial('two deploys at once end with one container that runs', async t => {
  await withPlace(t, async place => {
    await deploy(place, place.digests.v1);
    await Promise.allSettled([deploy(place, place.digests.v2), deploy(place, place.digests.v2)]);
    await deploy(place, place.digests.v2);
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v2 });
    t.is((await place.named()).length, 1);
  });
});

const at = ({ docker, name }: DockerPlace) => ({ docker, service: name, target: 'here' });

function order({ name, service, image }: DockerPlace, digest: string): Order {
  return { name, service, image: { ...image, digest } };
}

function deploy(place: DockerPlace, digest: string) {
  return place.target.deploy(order(place, digest), AbortSignal.timeout(60_000));
}

async function next(place: DockerPlace): Promise<string> {
  const spec = containerSpec(order(place, place.digests.v2), 'here');
  const { id } = await place.docker.createContainer({ ...spec, name: containerNames(place.name).next });
  return id;
}

async function startNext(place: DockerPlace): Promise<string> {
  const id = await next(place);
  await place.docker.getContainer(id).start();
  return id;
}

async function aside(place: DockerPlace): Promise<void> {
  const { current } = await lookUp(at(place));
  if (current !== undefined) await stepAside(at(place), current);
}

/** Runs the deploy in a process of its own and kills that once the engine tells that the new container runs. */
async function killOnceStarted(place: DockerPlace, what: Order): Promise<void> {
  const filters = { event: ['start'], container: [containerNames(place.name).next] };
  const events = await place.docker.getEvents({ filters });
  const child = spawn(process.execPath, ['test/helpers/deploy-and-wait.ts', JSON.stringify(what)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exited = once(child, 'exit');
  for await (const _ of events) break;
  child.kill('SIGKILL');
  await exited;
}

async function withPlace(t: ExecutionContext, use: (place: DockerPlace) => Promise<void>) {
  const place = await openDockerPlace(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  try {
    await use(place);
  } finally {
    await place.close();
  }
}
