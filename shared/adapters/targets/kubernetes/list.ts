import { parseImageReference } from '../../../domain/names/image-reference.ts';
import { formatWorkloadName, WORKLOAD_KINDS } from '../../../domain/names/kubernetes-workload.ts';
import type { Found } from '../../../ports/target.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { endOf } from './jobs.ts';
import { judgeRollout, runningDigest } from './judge-rollout.ts';
import { MARKS } from './marks.ts';
import { isLeaving, isOwnedBy, type Pod } from './pods.ts';
import { listPods, listWorkloads } from './resources.ts';
import { podSpecOf, type Workload } from './workload.ts';

/** kubectl's copy of the whole manifest. */
const COPY = 'kubectl.kubernetes.io/last-applied-configuration';

type Question = { readonly namespace: string; readonly signal: AbortSignal };

/** Every container of every workload in the namespace that a person made, in the order of their names. */
export async function list(cluster: Cluster, { namespace, signal }: Question): Promise<readonly Found[]> {
  const [pods, ...kinds] = await Promise.all([
    listPods(cluster, { namespace, signal }),
    ...WORKLOAD_KINDS.map(kind => listWorkloads(cluster, kind, { namespace, signal })),
  ]);
  const all = kinds.flat();
  const patterns = all.filter(isOfPeople);
  const found = patterns.flatMap(workload => {
    const shown = workload.id.kind === 'job' ? newest(workload, all) : workload;
    return containersOf(workload, { shown, pods: pods.filter(pod => isOwnedBy(pod, shown)) });
  });
  return found.sort(byName);

  function containersOf(workload: Workload, seen: Seen): Found[] {
    const { containers } = podSpecOf(seen.shown);
    const { [COPY]: _, ...annotations } = workload.metadata.annotations;
    return containers.flatMap(container => {
      const image = parseImageReference(container.image);
      if (image === undefined) return [];
      const digest = digestOf(seen, container);
      return {
        workload: formatWorkloadName(workload.id, namespace),
        ...(containers.length > 1 && { container: container.name }),
        image,
        ...(digest !== undefined && { digest }),
        updating: isUpdating(seen, container),
        labels: { ...workload.metadata.labels, ...annotations },
      };
    });
  }
}

type Seen = { readonly shown: Workload; readonly pods: readonly Pod[] };
type Container = ReturnType<typeof podSpecOf>['containers'][number];

/** Cron jobs make jobs, and headway makes runs of a job. */
function isOfPeople({ metadata }: Workload): boolean {
  return metadata.ownerReferences.length === 0 && metadata.labels[MARKS.runOf] === undefined;
}

function newest(job: Workload, all: readonly Workload[]): Workload {
  const runs = all.filter(({ metadata }) => metadata.labels[MARKS.runOf] === job.id.name);
  const number = ({ metadata }: Workload) => Number(metadata.labels[MARKS.run] ?? 0);
  return runs.reduce((one, other) => (number(other) > number(one) ? other : one), job);
}

function digestOf({ shown, pods }: Seen, container: Container) {
  const own = shown.id.kind === 'job' ? pods : pods.filter(pod => !isLeaving(pod));
  if (own.length > 0) return runningDigest(own, container);
  return parseImageReference(container.image)?.digest;
}

function isUpdating({ shown: workload, pods }: Seen, container: Container): boolean {
  const { kind } = workload.id;
  if (kind === 'cronjob') return false;
  if (kind === 'job') return !workload.spec.suspend && endOf(workload) === undefined;
  const { state } = judgeRollout({ workload, pods, container });
  return state === 'updating' || state === 'unhealthy';
}

function byName(one: Found, other: Found): number {
  const [a, b] = [one, other].map(({ workload, container = '' }) => `${workload}\n${container}`);
  return (a ?? '') < (b ?? '') ? -1 : 1;
}
