import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { createDockerBuilder } from '../../shared/adapters/builders/docker/builder.ts';
import { connectDocker } from '../../shared/adapters/docker/engine.ts';
import type { Call } from '../../shared/adapters/kubernetes/cluster.ts';
import { connectCluster } from '../../shared/adapters/kubernetes/connect-cluster.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { need } from './need.ts';
import { removeImages } from './remove-images.ts';

const REPOSITORY = `test/kubernetes-${randomBytes(4).toString('hex')}`;
const built = new Map<string, Promise<Digest>>();

/** A real cluster whose nodes fetch from a registry that the test may push to; nothing, said aloud, without them. */
export function kubernetesLab(t: ExecutionContext) {
  const kubeconfig = need('KUBECONFIG');
  const host = need('DOCKER_HOST');
  const registry = need('LAB_REGISTRY');
  const base = need('LAB_BASE_IMAGE');
  if (kubeconfig === undefined || !host || registry === undefined || base === undefined) {
    t.log(
      'skipped: needs a cluster (KUBECONFIG), a registry that it fetches from (LAB_REGISTRY), and DOCKER_HOST',
    );
    return undefined;
  }
  const cluster = connectKubeconfig(kubeconfig);
  const ask = (method: Call['method'], path: string, body?: unknown) => cluster.ask({ method, path, body });
  const image = { registry, repository: REPOSITORY };
  return {
    kubeconfig,
    cluster,
    ask,
    image,
    /** The digest of an image of the test's repository, made of these lines on the base image. */
    make(lines: string): Promise<Digest> {
      const dockerfile = `FROM ${base}\nLABEL test=${REPOSITORY}\n${lines}`;
      const digest = built.get(dockerfile) ?? build(dockerfile, { ...image, tag: `t${built.size}` });
      built.set(dockerfile, digest);
      return digest;
    },
    /** The names of everything that is listed there. */
    namesAt: async (path: string) =>
      itemsOf(await ask('GET', path))
        .map(({ metadata }) => metadata.name)
        .sort(),
    /** Pods of the namespace as the API tells of them. */
    pods: async (namespace: string) => itemsOf(await ask('GET', `/api/v1/namespaces/${namespace}/pods`)),
  };
}

export function connectKubeconfig(kubeconfig: string, context?: string) {
  const token = () => Promise.reject(new Error('Cannot be at Google here'));
  return connectCluster({ kubeconfig, context, environment: {}, token });
}

/** Forgets the images that were built for the tests of this process. */
export async function removeKubernetesImages(): Promise<void> {
  if (built.size > 0) await removeUnused(REPOSITORY);
}

/** Forgets the images with this label `test`, once the cluster has removed the last container that was made of them. */
export async function removeUnused(test: string): Promise<void> {
  const docker = await connectDocker({ host: need('DOCKER_HOST'), environment: {} }).client();
  const filters = { label: [`test=${test}`] };
  for (let tries = 0; tries < 100; tries++) {
    if ((await docker.listContainers({ all: true, filters })).length === 0) break;
    await later(200);
  }
  await removeImages(docker, filters);
}

export type PodSeen = {
  readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status: {
    readonly containerStatuses?: readonly { readonly ready: boolean; readonly imageID: string }[];
  };
};

function itemsOf(list: unknown): readonly PodSeen[] {
  return typeof list === 'object' && list !== null && 'items' in list ? (list.items as PodSeen[]) : [];
}

async function build(dockerfile: string, image: { registry: string; repository: string; tag: string }) {
  const context = await mkdtemp(join(tmpdir(), 'headway-kubernetes-'));
  await writeFile(join(context, 'Dockerfile'), dockerfile);
  const order = { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0 };
  const engine = connectDocker({ host: need('DOCKER_HOST'), environment: {} });
  try {
    const builder = createDockerBuilder({ engine, credentials: async () => undefined });
    return (await builder.build(order, { output() {}, progress() {} }, AbortSignal.timeout(60_000))).digest;
  } finally {
    await rm(context, { recursive: true });
  }
}
