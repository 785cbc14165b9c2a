import { randomBytes } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import type { ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { formatImageReference } from '../../shared/domain/names/image-reference.ts';
import { type DockerPlace, openDockerPlace, removeBuiltImages } from '../helpers/docker-place.ts';

/** Keeps one line, in a volume of its image's own, and adds another each time it starts. */
const STORE =
  'VOLUME /own\nCMD ["sh", "-c", "echo started >> /own/log; echo started >> /data/log; mkdir /www; echo db > /www/index.html; exec httpd -f -p 5432 -h /www"]\nSTOPSIGNAL SIGKILL\n';
/** Serves only where it reached its database before. */
const NEEDY =
  'CMD ["sh", "-c", "wget -q -O - http://db:5432/ || exit 9; exec httpd -f -p 8000 -h /"]\nSTOPSIGNAL SIGKILL\n';

type Companion = ServiceConfiguration['companions'][string];
type With = { readonly place: DockerPlace; readonly store: Digest; readonly companion: Companion };

test.after.always(removeBuiltImages);

test.serial('a companion is up before the service, under its name on the service’s own network', async t => {
  await withStore(t, async ({ place, companion }) => {
    const needy = await place.make('needy', NEEDY);
    t.deepEqual(await deploy(place, needy, companion), { kind: 'accepted' });
    const { NetworkSettings } = await inspect(place);
    t.deepEqual(Object.keys(NetworkSettings.Networks), [`headway-${place.name}`]);
    t.deepEqual(NetworkSettings.Ports, {}, 'no port of it is published');
  });
});

test.serial('a companion and its volumes outlive three deploys of its service', async t => {
  await withStore(t, async ({ place, companion }) => {
    const { v1, v2 } = place.digests;
    await deploy(place, v1, companion);
    const { Id } = await inspect(place);
    for (const digest of [v2, v1, v2]) {
      t.deepEqual(await deploy(place, digest, companion), { kind: 'accepted' });
      t.is((await inspect(place)).Id, Id);
    }
    t.is(await read(place, '/data/log'), 'started');
    t.is((await place.named()).length, 2);
  });
});

test.serial('a companion whose own settings were changed is made again, with all its volumes', async t => {
  await withStore(t, async ({ place, companion }) => {
    const { v1 } = place.digests;
    await deploy(place, v1, companion);
    const before = await inspect(place);
    const service = await place.docker.getContainer(place.name).inspect();
    await deploy(place, v1, { ...companion, environment: { COLOUR: 'blue' } });
    const after = await inspect(place);
    t.not(after.Id, before.Id);
    t.true(after.Config.Env.includes('COLOUR=blue'));
    for (const log of ['/data/log', '/own/log']) t.is(await read(place, log), 'started started');
    t.is((await place.docker.getContainer(place.name).inspect()).Id, service.Id, 'the service is left alone');
    t.is((await place.named()).length, 2);
  });
});

test.serial('a change that a companion cannot live with is taken back, and nothing else changes', async t => {
  await withStore(t, async ({ place, companion }) => {
    await deploy(place, place.digests.v1, companion);
    const before = await inspect(place);
    const answer = await deploy(place, place.digests.v2, { ...companion, command: ['false'] });
    t.deepEqual(answer, {
      kind: 'failed',
      reason: 'Companion "db": The new container ended with exit code 1',
    });
    const after = await inspect(place);
    t.is(after.Id, before.Id);
    t.true(after.State.Running);
    t.deepEqual(await place.observe(), { state: 'running', digest: place.digests.v1 });
  });
});

test.serial('a companion that ended is told of, and started again where it stands by a deploy', async t => {
  await withStore(t, async ({ place, companion }) => {
    const settings = { ...place.service, companions: { db: companion } };
    const look = () => place.target.observe(place.name, settings, place.image);
    await deploy(place, place.digests.v1, companion);
    const { Id } = await inspect(place);
    t.is((await look()).state, 'running');
    await place.docker.getContainer(Id).stop();
    t.deepEqual(await look(), { state: 'unhealthy', reason: 'companion "db" is exited (exit code 137)' });
    await deploy(place, place.digests.v1, companion);
    t.is((await look()).state, 'running');
    t.is((await inspect(place)).Id, Id);
    await place.docker.getContainer(Id).remove({ force: true, v: true });
    t.deepEqual(await look(), { state: 'unhealthy', reason: 'companion "db" is missing' });
  });
});

test.serial(
  'what a person put in the place of a companion is left alone, and the service with it',
  async t => {
    await withStore(t, async ({ place, companion, store }) => {
      const Image = formatImageReference({ ...place.image, digest: store });
      await place.docker.createContainer({ name: `${place.name}-WITH-db`, Image });
      t.like(await deploy(place, place.digests.v1, companion), { kind: 'held' });
      t.deepEqual(await place.observe(), { state: 'absent' });
    });
  },
);

test.serial('a companion follows its service to another network, and stays the same', async t => {
  await withStore(t, async ({ place, companion }) => {
    await deploy(place, place.digests.v1, companion);
    const { Id } = await inspect(place);
    const network = `${place.name}-other`;
    t.teardown(() => place.docker.getNetwork(network).remove());
    const needy = await place.make('needy', NEEDY);
    t.deepEqual(await deploy(place, needy, companion, { network }), { kind: 'accepted' });
    t.is((await inspect(place)).Id, Id);
  });
});

function deploy(
  { target, name, service, image }: DockerPlace,
  digest: Digest,
  companion: Companion,
  more: Partial<ServiceConfiguration> = {},
) {
  const order = {
    name,
    service: { ...service, companions: { db: companion }, ...more },
    image: { ...image, digest },
  };
  return target.deploy(order, AbortSignal.timeout(60_000));
}

function inspect({ docker, name }: DockerPlace) {
  return docker.getContainer(`${name}-WITH-db`).inspect();
}

/** The lines of a file in the companion. */
async function read({ docker, name }: DockerPlace, path: string): Promise<string> {
  const archive = await docker.getContainer(`${name}-WITH-db`).getArchive({ path });
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(Buffer.from(chunk));
  return (
    Buffer.concat(chunks)
      .toString()
      .match(/started/g)
      ?.join(' ') ?? ''
  );
}

async function withStore(t: ExecutionContext, use: (opened: With) => Promise<void>): Promise<void> {
  const place = await openDockerPlace(t);
  if (place === undefined) {
    t.pass();
    return;
  }
  const volume = `test-${randomBytes(5).toString('hex')}`;
  try {
    const store = await place.make('store', STORE);
    const companion = {
      image: formatImageReference({ ...place.image, digest: store }),
      environment: {},
      volumes: [`${volume}:/data`],
      healthy: { after: '300ms' },
      command: undefined,
    };
    await use({ place, store, companion });
  } finally {
    const mounts = await inspect(place).then(
      ({ Mounts }) => Mounts,
      () => [],
    );
    await place.close();
    for (const name of new Set([volume, ...mounts.flatMap(({ Name }) => Name ?? [])])) {
      await place.docker
        .getVolume(name)
        .remove()
        .catch(() => {});
    }
  }
}
