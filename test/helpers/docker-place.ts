import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createDockerBuilder } from '../../shared/adapters/builders/docker/builder.ts';
import { connectDocker, type DockerEngine } from '../../shared/adapters/docker/engine.ts';
import { createDockerTarget } from '../../shared/adapters/targets/docker/docker-target.ts';
import type { ProxySettings } from '../../shared/adapters/targets/docker/traffic.ts';
import { ConfigurationShape, type ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { parseImageReference } from '../../shared/domain/names/image-reference.ts';
import { dockerLab } from './docker-lab.ts';
import { need } from './need.ts';
import { removeImages } from './remove-images.ts';

const credentials = async () => undefined;
const REPOSITORY = `test/place-${randomBytes(4).toString('hex')}`;
const built = new Map<string, Promise<Digest>>();

export type DockerPlace = NonNullable<Awaited<ReturnType<typeof openDockerPlace>>>;

/** A service that nobody has deployed yet, on the real engine; nothing, said aloud, where there is none. */
export async function openDockerPlace(
  t: ExecutionContext,
  overrides: Partial<ServiceConfiguration> = {},
  proxy?: ProxySettings,
) {
  const lab = dockerLab(t);
  const base = need('LAB_BASE_IMAGE');
  if (lab === undefined || base === undefined) return undefined;
  const { engine, registry } = lab;
  const docker = await engine.client();
  const name = `test-${randomBytes(5).toString('hex')}`;
  const { image, make } = imageMaker(lab, base);
  const [v1, v2, bad] = await Promise.all([
    make('v1', serving('one')),
    make('v2', serving('two')),
    make('bad', 'CMD ["sh", "-c", "echo no $TOKEN; exit 7"]\n'),
  ]);
  const named = async () => {
    const all = await docker.listContainers({ all: true });
    return all.filter(({ Names }) => Names.some(one => one.startsWith(`/${name}`)));
  };
  const target = createDockerTarget({ name: 'here', engine, credentials, proxy });
  const service = { ...plainService(), ...overrides };
  return {
    docker,
    name,
    image,
    target,
    service,
    make,
    /** Every container of the service, whatever state it is in. */
    named,
    observe: (wanted?: Digest) =>
      target.observe(name, service, { ...image, ...(wanted !== undefined && { digest: wanted }) }),
    portOf: async (inside: string) => {
      const { NetworkSettings } = await docker.getContainer(name).inspect();
      return Number(NetworkSettings.Ports[inside]?.[0]?.HostPort);
    },
    /** Puts an index over one image into the registry. */
    pushIndexOf: (child: Digest) => pushIndex(image, child),
    before: 'absent' as const,
    listed: true,
    digests: { v1, v2, bad },
    unreachable: createDockerTarget({
      name: 'here',
      engine: connectDocker({ host: 'unix:///nowhere/docker.sock', environment: {} }),
      credentials,
    }),
    there: async () => {
      const { State, Image } = await docker.getContainer(name).inspect();
      const { RepoDigests } = await docker.getImage(Image).inspect();
      const digests = RepoDigests.map(parseImageReference).map(reference => reference?.digest);
      return State.Running ? digests.find(digest => digest !== undefined) : undefined;
    },
    trace: async () => (await named()).map(({ Id, Names, State }) => ({ Id, Names, State })),
    takeOver: async () => {
      const container = await docker.createContainer({ name, Image: `${registry}/${REPOSITORY}:v1` });
      await container.start();
    },
    close: async () => {
      for (const { Id } of await named()) await docker.getContainer(Id).remove({ force: true });
      await docker
        .getNetwork(`headway-${name}`)
        .remove()
        .catch(() => {});
    },
  };
}

/** Builds images on the base and pushes them, each once a process, however many places ask for it. */
export function imageMaker(
  { engine, registry }: { readonly engine: DockerEngine; readonly registry: string },
  base: string,
) {
  const image = { registry, repository: REPOSITORY };
  const make = (tag: string, lines: string) => {
    const dockerfile = `FROM ${base}\nLABEL test=${REPOSITORY}\n${lines}`;
    const digest = built.get(dockerfile) ?? build(engine, { ...image, tag }, dockerfile);
    built.set(dockerfile, digest);
    return digest;
  };
  return { image, make };
}

/** Forgets the images that the places of this process were made from. */
export async function removeBuiltImages(): Promise<void> {
  const host = need('DOCKER_HOST');
  if (host === undefined) return;
  const docker = await connectDocker({ host, environment: {} }).client();
  await removeImages(docker, { label: [`test=${REPOSITORY}`] });
}

/** A page that says who it is, on port 8000; it goes at once when it is told to. */
export function serving(text: string, more = ''): string {
  return `${more}RUN mkdir /www && echo ${text} > /www/index.html\nCMD ["httpd", "-f", "-p", "8000", "-h", "/www"]\nSTOPSIGNAL SIGKILL\n`;
}

/** The defaults that the configuration gives a service. */
export function plainService(): ServiceConfiguration {
  const { services } = ConfigurationShape.parse({
    services: { any: { target: 'here', image: 'any', tag: 'prod', healthy: { after: '300ms' } } },
  });
  const { any } = services;
  if (any === undefined) throw new Error('Cannot make a service: the schema left it out');
  return any;
}

async function build(
  engine: DockerEngine,
  image: { registry: string; repository: string; tag: string },
  dockerfile: string,
) {
  const context = await mkdtemp(join(tmpdir(), 'headway-place-'));
  await writeFile(join(context, 'Dockerfile'), dockerfile);
  const order = { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 };
  try {
    const builder = createDockerBuilder({ engine, credentials });
    return (await builder.build(order, { output() {}, progress() {} }, AbortSignal.timeout(60_000))).digest;
  } finally {
    await rm(context, { recursive: true });
  }
}

async function pushIndex({ registry, repository }: { registry: string; repository: string }, child: Digest) {
  const manifests = `http://${registry}/v2/${repository}/manifests`;
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const found = await fetch(`${manifests}/${child}`, { headers: { accept: type } });
  const size = (await found.arrayBuffer()).byteLength;
  const platform = { architecture: 'amd64', os: 'linux' };
  const index = 'application/vnd.docker.distribution.manifest.list.v2+json';
  const body = {
    schemaVersion: 2,
    mediaType: index,
    manifests: [{ mediaType: type, digest: child, size, platform }],
  };
  const headers = { 'content-type': index };
  const put = await fetch(`${manifests}/index`, { method: 'PUT', headers, body: JSON.stringify(body) });
  const digest = put.headers.get('docker-content-digest');
  if (digest === null) throw new Error(`Cannot push an index: the registry answered ${put.status}`);
  return digest;
}
