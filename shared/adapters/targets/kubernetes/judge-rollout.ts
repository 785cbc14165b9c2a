import type { Digest } from '../../../domain/names/digest.ts';
import { parseImageReference } from '../../../domain/names/image-reference.ts';
import type { Observation } from '../../../ports/target.ts';
import { MARKS } from './marks.ts';
import { digestIn, isLeaving, isMadeWith, isReady, type Pod, troubleOf } from './pods.ts';
import { type Container, shown, type Workload } from './workload.ts';

export type Standing = {
  readonly workload: Workload;
  /** Those that the workload owns. */
  readonly pods: readonly Pod[];
  readonly container: Container;
};

/**
 * How far a deployment, stateful set or daemon set is with what it declares: running only when the controller has
 * seen the newest declaration, as many pods as are wanted are ready with it, none of before is left, and all run
 * one digest. Scaled to nothing, it is what it declares.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
export function judgeRollout({ workload, pods, container }: Standing): Observation {
  const { metadata, status } = workload;
  const name = shown(workload);
  if (status.observedGeneration < metadata.generation) {
    return { state: 'updating', reason: `${name}: the cluster has not taken up the change yet` };
  }
  const alive = pods.filter(pod => !isLeaving(pod));
  const current = alive.filter(pod => isMadeWith(pod, container));
  const ready = current.filter(isReady).length;
  const { wanted, updated, available, total } = counts(workload, alive.length);
  if (updated >= wanted && available >= wanted && ready >= wanted) {
    const left = Math.max(alive.length, total) - wanted;
    if (left > 0) return { state: 'updating', reason: `${name}: ${left} pods of before are still there` };
    return wanted === 0 ? declared(name, container) : inPods(name, alive, container);
  }
  const trouble = firstTrouble(workload, current);
  const progress = `${name}: ${Math.min(ready, updated)} of ${wanted} pods are ready with the new image`;
  if (hasGivenUp(workload)) {
    const reason = `${name} did not get on within its progressDeadlineSeconds`;
    return { state: 'failed', reason: trouble === undefined ? reason : `${reason}; ${trouble}` };
  }
  if (trouble !== undefined) return { state: 'unhealthy', reason: `${name}: ${trouble}` };
  return { state: 'updating', reason: `${progress}${whyWaiting(workload)}` };
}

/** What counts where there are no pods to be seen: what the next one will run. */
export function declared(name: string, container: Container): Observation {
  const digest = parseImageReference(container.image)?.digest;
  if (digest !== undefined) return { state: 'running', digest };
  return { state: 'unhealthy', reason: `${name} names ${container.image} without a digest` };
}

/** The one digest that all these pods run. */
export function inPods(name: string, pods: readonly Pod[], container: Container): Observation {
  const digests = new Set(pods.map(pod => digestIn(pod, container.name)));
  const [digest, ...others] = digests;
  if (others.length > 0) {
    const seen = [...digests].map(one => one ?? 'one that is not known').join(', ');
    return {
      state: 'unhealthy',
      reason: `${name}: its pods run several digests of ${container.image}: ${seen}`,
    };
  }
  if (digest !== undefined) return { state: 'running', digest };
  return { state: 'unknown', reason: `${name} runs an image without a digest, ${container.image}` };
}

/** The digest that the pods are seen running, or nothing where they do not agree or it cannot be known. */
export function runningDigest(pods: readonly Pod[], container: Container): Digest | undefined {
  const seen = inPods('', pods, container);
  return seen.state === 'running' ? seen.digest : undefined;
}

function counts({ id, spec, status }: Workload, alive: number) {
  if (id.kind === 'daemonset') {
    const wanted = status.desiredNumberScheduled;
    return { wanted, updated: status.updatedNumberScheduled, available: wanted, total: alive };
  }
  // Stateful sets tell of availability only since Kubernetes 1.22.
  const available = id.kind === 'deployment' ? status.availableReplicas : spec.replicas;
  return { wanted: spec.replicas, updated: status.updatedReplicas, available, total: status.replicas };
}

function hasGivenUp({ metadata, status }: Workload): boolean {
  const old = metadata.annotations[MARKS.gaveUp];
  return status.conditions.some(
    ({ type, reason, lastUpdateTime }) =>
      type === 'Progressing' && reason === 'ProgressDeadlineExceeded' && lastUpdateTime !== old,
  );
}

function firstTrouble({ status }: Workload, current: readonly Pod[]): string | undefined {
  const refused = status.conditions.find(one => one.type === 'ReplicaFailure' && one.status === 'True');
  if (refused !== undefined) return `the cluster makes no pods: ${refused.message ?? refused.reason}`;
  return current.map(troubleOf).find(trouble => trouble !== undefined);
}

function whyWaiting({ spec }: Workload): string {
  if (spec.updateStrategy?.type === 'OnDelete') {
    return '; its update strategy is OnDelete, delete its pods to have them replaced';
  }
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  return partition === 0 ? '' : `; its partition of ${partition} keeps pods from the change`;
}
