import { z } from 'zod';
import type { WorkloadKind, WorkloadName } from '../../../domain/names/kubernetes-workload.ts';
import type { Call, Cluster } from '../../kubernetes/cluster.ts';
import { isMissing, unlessMissing } from '../../kubernetes/failures.ts';
import { isOwnedBy, Pod } from './pods.ts';
import { selectorText, type Workload, WorkloadObject } from './workload.ts';

type Resource = { readonly plural: string; readonly apis: readonly [string, ...string[]] };

/** Where the API has each kind, newest first. Cron jobs were moved in Kubernetes 1.21. */
const RESOURCES: Readonly<Record<WorkloadKind, Resource>> = {
  deployment: { plural: 'deployments', apis: ['apps/v1'] },
  statefulset: { plural: 'statefulsets', apis: ['apps/v1'] },
  daemonset: { plural: 'daemonsets', apis: ['apps/v1'] },
  cronjob: { plural: 'cronjobs', apis: ['batch/v1', 'batch/v1beta1'] },
  job: { plural: 'jobs', apis: ['batch/v1'] },
};
/** As many objects an answer as keep it small. https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks */
const PAGE = '250';

type Question = { readonly namespace: string; readonly signal?: AbortSignal | undefined };
type Asked = Omit<Call, 'path' | 'method'> & { readonly method?: Call['method'] };

/** The workload, or nothing when there is none of this name. */
export async function findWorkload(
  cluster: Cluster,
  id: WorkloadName,
  signal?: AbortSignal,
): Promise<Workload | undefined> {
  const found = await askFor(cluster, id, { signal }).catch(unlessMissing);
  return found === undefined ? undefined : { ...WorkloadObject.parse(found), id };
}

/** Asks about one object, as the API server has its kind; a GET unless said otherwise. */
export function askFor(cluster: Cluster, id: WorkloadName, call: Asked): Promise<unknown> {
  return askKind(cluster, id, { method: 'GET', ...call, name: id.name });
}

/** Every workload of this kind in the namespace, with a label where one is named. */
export async function listWorkloads(
  cluster: Cluster,
  kind: WorkloadKind,
  { namespace, signal, label }: Question & { readonly label?: string },
): Promise<readonly Workload[]> {
  const query = label === undefined ? {} : { labelSelector: label };
  const items = await pages(next =>
    askKind(cluster, { kind, namespace }, { method: 'GET', query: { ...query, ...next }, signal }),
  );
  return items.map(item => {
    const object = WorkloadObject.parse(item);
    return { ...object, id: { kind, namespace, name: object.metadata.name } };
  });
}

export async function listPods(
  cluster: Cluster,
  { namespace, signal, selector }: Question & { readonly selector?: string | undefined },
): Promise<readonly Pod[]> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const query = selector === undefined ? {} : { labelSelector: selector };
  const items = await pages(next =>
    cluster.ask({ method: 'GET', path, query: { ...query, ...next }, signal }),
  );
  return items.map(item => Pod.parse(item));
}

/** The pods that the workload made, whatever state they are in; its selector alone may fit others' too. */
export async function podsOf(
  cluster: Cluster,
  workload: Workload,
  signal?: AbortSignal,
): Promise<readonly Pod[]> {
  const { namespace } = workload.id;
  const pods = await listPods(cluster, { namespace, signal, selector: selectorText(workload) });
  return pods.filter(pod => isOwnedBy(pod, workload));
}

/** Asks about all of one kind, as the API server has it, or one of them. */
export async function askKind(
  cluster: Cluster,
  { kind, namespace }: Pick<WorkloadName, 'kind' | 'namespace'>,
  { name, ...call }: Omit<Call, 'path'> & { readonly name?: string },
): Promise<unknown> {
  const { plural, apis } = RESOURCES[kind];
  const [newest, ...older] = apis.map(
    api => `/apis/${api}/namespaces/${namespace}/${plural}${name === undefined ? '' : `/${name}`}`,
  );
  let answer = cluster.ask({ ...call, path: newest ?? '' });
  for (const path of older) {
    answer = answer.catch(error =>
      isMissing(error) ? cluster.ask({ ...call, path }) : Promise.reject(error),
    );
  }
  return answer;
}

const Page = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(z.unknown()).nullable(),
});

async function pages(ask: (query: Readonly<Record<string, string>>) => Promise<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const { items, metadata } = Page.parse(
      await ask({ limit: PAGE, ...(next !== '' && { continue: next }) }),
    );
    all.push(...(items ?? []));
    next = metadata.continue || undefined;
  }
  return all;
}
