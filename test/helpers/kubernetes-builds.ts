import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import {
  createKubernetesBuilder,
  type KubernetesBuilderOptions,
} from '../../shared/adapters/builders/kubernetes/kubernetes-builder.ts';
import { createRegistryClient } from '../../shared/adapters/registry/client.ts';
import { docker, headwayImage } from './headway-image.ts';
import { kubernetesLab } from './kubernetes-lab.ts';
import { readingLogs } from './kubernetes-logs.ts';

export type KubernetesBuilds = NonNullable<Awaited<ReturnType<typeof openKubernetesBuilds>>>;

let pushed: Promise<string> | undefined;

/**
 * A namespace of its own, a builder for it, and the registry under an address that is the same in pods and here; nothing,
 * said aloud, without a cluster.
 */
export async function openKubernetesBuilds(t: ExecutionContext) {
  t.timeout(10 * 60_000);
  const lab = kubernetesLab(t);
  const found = lab === undefined ? undefined : await headwayImage(t);
  if (lab === undefined || found === undefined) return undefined;
  pushed ??= push(found.image, `${found.registry}/test/headway:${randomBytes(4).toString('hex')}`);
  const image = await pushed;
  const namespace = `test-${randomBytes(5).toString('hex')}`;
  await lab.ask('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  t.teardown(() => lab.ask('DELETE', `/api/v1/namespaces/${namespace}`));
  const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  await untilSo(() => lab.ask('GET', account).then(Boolean, () => false));
  const registry = await serveToContainers(t, found.registry);
  const store = createRegistryClient({
    credentials: async () => undefined,
    insecure: host => host === registry,
  });
  const cluster = { ...lab.cluster, read: readingLogs(lab.cluster) };
  const builderWith = (other: Partial<KubernetesBuilderOptions> = {}) =>
    createKubernetesBuilder({
      cluster,
      namespace,
      store,
      credentials: async () => undefined,
      insecure: [registry],
      image,
      environment: {},
      nodeSelector: {},
      temporary: tmpdir(),
      deadline: 300_000,
      lookAgain: 250,
      ...other,
    });
  return {
    ...lab,
    cluster,
    namespace,
    registry,
    store,
    builderWith,
    jobs: () => lab.namesAt(`/apis/batch/v1/namespaces/${namespace}/jobs`),
    secrets: async () => {
      const names = await lab.namesAt(`/api/v1/namespaces/${namespace}/secrets`);
      return names.filter(name => name.startsWith('headway-build-'));
    },
  };
}

export async function untilSo(look: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await look()) return;
    await later(100);
  }
  throw new Error('It did not come to that');
}

async function push(image: string, name: string): Promise<string> {
  await docker('tag', image, name);
  await docker('push', '--quiet', name);
  const digests: readonly string[] = JSON.parse(
    await docker('inspect', '--format', '{{json .RepoDigests}}', name),
  );
  await docker('rmi', name);
  const own = digests.find(digest => digest.startsWith(name.replace(/:[^:/]*$/, '@')));
  return own ?? name;
}

/** What listens on this machine's loopback, at the address by which containers reach this machine. */
async function serveToContainers(t: ExecutionContext, address: string): Promise<string> {
  const [host = '', port = ''] = address.split(':');
  const gateway = await docker(
    'network',
    'inspect',
    'bridge',
    '--format',
    '{{(index .IPAM.Config 0).Gateway}}',
  );
  const open = new Set<Socket>();
  const server = createServer(socket => {
    const other = connect(Number(port), host);
    for (const one of [socket, other]) open.add(one.once('close', () => open.delete(one)));
    socket.pipe(other).pipe(socket);
    socket.on('error', () => other.destroy());
    other.on('error', () => socket.destroy());
  });
  server.listen(0, gateway);
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const one of open) one.destroy();
  });
  const bound = server.address();
  return `${gateway}:${typeof bound === 'object' ? bound?.port : ''}`;
}
