import { randomBytes } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { createCluster } from '../../shared/adapters/kubernetes/cluster.ts';
import { readKubeconfig } from '../../shared/adapters/kubernetes/kubeconfig.ts';
import { createKubernetesTarget } from '../../shared/adapters/targets/kubernetes/kubernetes-target.ts';
import type { ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { repositoryName } from '../../shared/domain/names/image-reference.ts';
import { formatWorkloadName, type WorkloadKind } from '../../shared/domain/names/kubernetes-workload.ts';
import type { Observation, Target } from '../../shared/ports/target.ts';
import { plainService } from './docker-place.ts';
import { kubernetesLab } from './kubernetes-lab.ts';
import { manifest, PLURALS, type Shape } from './kubernetes-manifests.ts';

export type KubernetesPlace = NonNullable<Awaited<ReturnType<typeof openKubernetesPlace>>>;

const SERVING = 'CMD ["httpd", "-f", "-p", "8000", "-h", "/www"]\nSTOPSIGNAL SIGKILL\n';

/** A namespace of its own with one workload that runs the image `v0`; nothing, said aloud, without a cluster. */
export async function openKubernetesPlace(
  t: ExecutionContext,
  { kind = 'deployment', ...shape }: Shape & { readonly kind?: WorkloadKind } = {},
) {
  const lab = kubernetesLab(t);
  if (lab === undefined) return undefined;
  const { cluster, ask, image } = lab;
  const [v0, v1, v2, bad] = await Promise.all([
    lab.make(`RUN mkdir /www && echo zero > /www/index.html\n${SERVING}`),
    lab.make(`RUN mkdir /www && echo one > /www/index.html\n${SERVING}`),
    lab.make(`RUN mkdir /www && echo two > /www/index.html\n${SERVING}`),
    lab.make('CMD ["sh", "-c", "echo no; exit 7"]\n'),
  ]);
  const namespace = `test-${randomBytes(5).toString('hex')}`;
  const name = 'web';
  const path = `${PLURALS[kind]}`.replace('NAMESPACE', namespace);
  await ask('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await untilThere(() => ask('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`));
  const declared = (digest: Digest) => `${repositoryName(image)}@${digest}`;
  await ask('POST', path, manifest(kind, name, { image: declared(v0), ...shape }));
  let target = createKubernetesTarget({ cluster, namespace });
  const service: ServiceConfiguration = {
    ...plainService(),
    workload: formatWorkloadName({ kind, name, namespace }, namespace),
  };
  const observe = (other: Partial<ServiceConfiguration> = {}) =>
    target.observe(name, { ...service, ...other }, image);
  const place = {
    ...lab,
    namespace,
    name,
    service,
    get target() {
      return target;
    },
    /** From here on it is asked as somebody else. */
    use(other: Target) {
      target = other;
    },
    observe,
    declared,
    deploy: (digest: Digest, other: Partial<ServiceConfiguration> = {}) =>
      target.deploy(
        { name, service: { ...service, ...other }, image: { ...image, digest } },
        AbortSignal.timeout(30_000),
      ),
    /** Looks until it is so, for half a minute at most. */
    async until(state: Observation['state'], other: Partial<ServiceConfiguration> = {}) {
      for (let tries = 0; ; tries++) {
        const seen = await observe(other);
        if (seen.state === state || tries > 150) return seen;
        await later(200);
      }
    },
    read: () => ask('GET', `${path}/${name}`),
    patch: (body: unknown) => ask('PATCH', `${path}/${name}`, body),
    namesOf: (what: 'jobs') => lab.namesAt(`/apis/batch/v1/namespaces/${namespace}/${what}`),
    create: (body: unknown) => ask('POST', path, body),
    before: 'running' as const,
    digests: { v0, v1, v2, bad },
    listed: true,
    patience: 30_000,
    unreachable: createKubernetesTarget({ cluster: nowhere(lab.kubeconfig), namespace }),
    /** What the ready pods run. */
    async there() {
      const pods = await lab.pods(namespace);
      const ready = pods.filter(
        ({ metadata, status }) => !metadata.deletionTimestamp && status.containerStatuses?.[0]?.ready,
      );
      return ready[0]?.status.containerStatuses?.[0]?.imageID.split('@')[1];
    },
    trace: async () => (await lab.pods(namespace)).map(({ metadata }) => metadata.uid).sort(),
    takeOver: async () => {
      await place.patch({ metadata: { annotations: { 'headway.dev/hold': 'Ann looks at it' } } });
    },
    close: async () => {
      await ask('DELETE', `/api/v1/namespaces/${namespace}`);
    },
  };
  const seen = kind === 'cronjob' ? undefined : await place.until('running');
  if (seen !== undefined && seen.state !== 'running') throw new Error(`Cannot open: ${JSON.stringify(seen)}`);
  return place;
}

/** The cluster, if it were at a port where nothing listens. */
function nowhere(kubeconfig: string) {
  const connect = async () => ({ ...readKubeconfig({ kubeconfig }, {}), server: 'https://127.0.0.1:1' });
  return createCluster({ connect, address: 'nowhere', patience: 5_000 });
}

/** The cluster makes a namespace's account a moment after the namespace, and pods need it. */
async function untilThere(look: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await look().then(Boolean, () => false)) return;
    await later(50);
  }
}
