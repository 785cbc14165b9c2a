import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import type { ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { type DockerPlace, openDockerPlace, removeBuiltImages, serving } from '../helpers/docker-place.ts';

const HEALTHY = 'HEALTHCHECK --interval=500ms --retries=1 CMD ["true"]\n';
const ILL = 'HEALTHCHECK --interval=500ms --retries=1 CMD ["sh", "-c", "echo cannot reach db; exit 1"]\n';
const SLOW = 'HEALTHCHECK --interval=5s --retries=100 CMD ["false"]\n';

test.after.always(removeBuiltImages);

test.serial('an image with a health check runs once it is healthy', async t => {
  await withPlace(t, {}, async place => {
    const digest = await place.make('healthy', serving('healthy', HEALTHY));
    t.deepEqual(await deploy(place, digest), { kind: 'accepted' });
    t.deepEqual(await place.observe(), { state: 'running', digest });
  });
});

test.serial('an unhealthy image fails with what its check said, and the old one goes on', async t => {
  await withPlace(t, {}, async place => {
    await deploy(place, place.digests.v1);
    const answer = await deploy(place, await place.make('ill', serving('ill', ILL)));
    t.like(answer, { kind: 'failed', reason: 'The new container fails its health check: cannot reach db' });
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v1 });
    t.is((await place.named()).length, 1);
  });
});

test.serial('a container that is not healthy in time fails, and the old one goes on', async t => {
  await withPlace(t, {}, async place => {
    await deploy(place, place.digests.v1);
    const slow = await place.make('slow', serving('slow', SLOW));
    const answer = await deploy(place, slow, { signal: AbortSignal.timeout(3_000) });
    t.like(answer, { kind: 'failed', reason: 'The new container was not healthy in time' });
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v1 });
  });
});

test.serial('a container that ends says its last words, without the values of its environment', async t => {
  await withPlace(t, { environment: { TOKEN: 's3cret-t0ken' } }, async place => {
    const answer = await deploy(place, place.digests.bad);
    t.deepEqual(answer, {
      kind: 'failed',
      reason: 'The new container ended with exit code 7; it said: no ***',
    });
    t.deepEqual(await place.observe(), { state: 'absent' });
  });
});

test.serial('a digest that the registry does not have fails', async t => {
  await withPlace(t, {}, async place => {
    const answer = await deploy(place, `sha256:${'0'.repeat(64)}`);
    t.true(answer.kind === 'failed' && /^Cannot pull "\S+": .*manifest unknown/.test(answer.reason));
  });
});

test.serial('a registry that does not answer is thrown: it may pass', async t => {
  await withPlace(t, {}, async place => {
    const image = { registry: '127.0.0.1:1', repository: 'x', digest: place.digests.v1 };
    const order = { name: place.name, service: place.service, image };
    const error = await t.throwsAsync(place.target.deploy(order, AbortSignal.timeout(60_000)));
    t.regex(error.message, /Cannot pull "127\.0\.0\.1:1\/x@sha256:\w+": .*connection refused/);
  });
});

test.serial('a container gets its network, environment, volumes, command and ports on loopback', async t => {
  const volume = `test-${process.pid}`;
  const service = {
    environment: { COLOUR: 'blue' },
    volumes: [`${volume}:/data:ro`],
    command: ['httpd', '-f', '-p', '9000', '-h', '/www'],
    ports: ['9000'],
  };
  await withPlace(t, service, async place => {
    await deploy(place, place.digests.v1);
    const { Config, HostConfig, NetworkSettings, Mounts } = await place.docker
      .getContainer(place.name)
      .inspect();
    t.true(Config.Env.includes('COLOUR=blue'));
    t.deepEqual(Object.keys(NetworkSettings.Networks), [`headway-${place.name}`]);
    t.like(Mounts[0], { Name: volume, Destination: '/data', RW: false });
    t.is(HostConfig.RestartPolicy?.Name, 'unless-stopped');
    t.is(NetworkSettings.Ports['9000/tcp']?.[0]?.HostIp, '127.0.0.1');
    t.is(await page(await place.portOf('9000/tcp')), 'one\n');
    await place.close();
    await place.docker.getVolume(volume).remove();
  });
});

test.serial('a changed configuration replaces the container although the digest is the same', async t => {
  await withPlace(t, {}, async place => {
    await deploy(place, place.digests.v1);
    const [before] = await place.named();
    await deploy(place, place.digests.v1, { service: { environment: { COLOUR: 'red' } } });
    const [after, ...others] = await place.named();
    t.not(after?.Id, before?.Id);
    t.is(others.length, 0);
  });
});

test.serial('a fixed host port goes over to the new container, and back when that fails', async t => {
  const port = await freePort();
  await withPlace(t, { ports: [`${port}:8000`] }, async place => {
    await deploy(place, place.digests.v1);
    t.is(await page(port), 'one\n');
    t.like(await deploy(place, place.digests.bad), { kind: 'failed' });
    t.is(await page(port), 'one\n');
    t.deepEqual(await deploy(place, place.digests.v2), { kind: 'accepted' });
    t.is(await page(port), 'two\n');
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v2 });
  });
});

test.serial('a port that a stranger has fails with the reason, and the old one goes on', async t => {
  const stranger = createServer();
  await new Promise<void>(done => stranger.listen(0, '127.0.0.1', done));
  const { port } = stranger.address() as AddressInfo;
  await withPlace(t, {}, async place => {
    await deploy(place, place.digests.v1);
    const answer = await deploy(place, place.digests.v2, { service: { ports: [`${port}:8000`] } });
    t.true(
      answer.kind === 'failed' && /address already in use|port is already allocated/.test(answer.reason),
    );
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v1 });
  });
  stranger.close();
});

test.serial('a paused container is a word of a person, and held', async t => {
  await withPlace(t, {}, async place => {
    await deploy(place, place.digests.v1);
    await place.docker.getContainer(place.name).pause();
    t.is((await place.observe()).state, 'held');
    t.is((await deploy(place, place.digests.v2)).kind, 'held');
    await place.docker.getContainer(place.name).unpause();
  });
});

test.serial('a container that died is unhealthy, and a deploy of the same digest brings it back', async t => {
  await withPlace(t, {}, async place => {
    await deploy(place, place.digests.v1);
    await place.docker.getContainer(place.name).stop();
    t.like(await place.observe(), {
      state: 'unhealthy',
      reason: `container "${place.name}" is exited (exit code 137)`,
    });
    t.deepEqual(await deploy(place, place.digests.v1), { kind: 'accepted' });
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v1 });
  });
});

test.serial('an index and its child name the same running image', async t => {
  await withPlace(t, {}, async place => {
    const child = place.digests.v1;
    const index = await place.pushIndexOf(child);
    await deploy(place, index);
    t.deepEqual(await place.observe(index), { state: 'running', digest: index });
    t.deepEqual(await place.observe(child), { state: 'running', digest: child });
    t.deepEqual(await place.observe(), { state: 'running', digest: index });
  });
});

type Deploying = { readonly signal?: AbortSignal; readonly service?: Partial<ServiceConfiguration> };

function deploy({ target, name, service, image }: DockerPlace, digest: Digest, how: Deploying = {}) {
  const order = { name, service: { ...service, ...how.service }, image: { ...image, digest } };
  return target.deploy(order, how.signal ?? AbortSignal.timeout(60_000));
}

async function withPlace(
  t: ExecutionContext,
  service: Partial<ServiceConfiguration>,
  use: (place: DockerPlace) => Promise<void>,
) {
  const place = await openDockerPlace(t, service);
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

async function page(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/`)).text();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise(done => server.close(done));
  return port;
}
