import { randomBytes } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { createKubernetesContainers } from '../../shared/adapters/containers/kubernetes/containers.ts';
import { createCluster } from '../../shared/adapters/kubernetes/cluster.ts';
import { readKubeconfig } from '../../shared/adapters/kubernetes/kubeconfig.ts';
import { connectKubeconfig } from './kubernetes-lab.ts';
import { need } from './need.ts';

/** Containers of the real cluster, in a namespace that goes with the test; nothing, said aloud, without one. */
export async function openKubernetesContainers(t: ExecutionContext, { startWithin = 60_000 } = {}) {
  const kubeconfig = need('KUBECONFIG');
  const image = need('LAB_BASE_IMAGE');
  if (kubeconfig === undefined || image === undefined) {
    t.log(
      'skipped: needs a cluster (KUBECONFIG) and an image with a shell that it can fetch (LAB_BASE_IMAGE)',
    );
    return undefined;
  }
  const cluster = connectKubeconfig(kubeconfig);
  const namespace = `test-${randomBytes(5).toString('hex')}`;
  await cluster.ask({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
  t.teardown(() => cluster.ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` }));
  const count = async (path: string) => {
    const found = await cluster.ask({ method: 'GET', path });
    return typeof found === 'object' && found !== null && 'items' in found ? (found.items as []).length : 0;
  };
  const connect = async () => ({ ...readKubeconfig({ kubeconfig }, {}), server: 'https://127.0.0.1:1' });
  const usual = { cluster, namespace, owner: 'test', startWithin };
  return {
    cluster,
    namespace,
    image,
    create: (other: Partial<typeof usual> = {}) => createKubernetesContainers({ ...usual, ...other }),
    containers: createKubernetesContainers(usual),
    missing: image.replace(/\/.*/, '/missing/image:1'),
    folders: false,
    shortest: 6_000,
    countsGpus: false,
    unreachable: createKubernetesContainers({
      ...usual,
      cluster: createCluster({ connect, address: 'nowhere', patience: 5_000 }),
    }),
    clearing: 180_000,
    logs: false,
    async count() {
      const jobs = await count(`/apis/batch/v1/namespaces/${namespace}/jobs`);
      return jobs + (await count(`/api/v1/namespaces/${namespace}/pods`));
    },
  };
}
