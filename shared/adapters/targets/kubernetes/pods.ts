import { z } from 'zod';
import type { Digest } from '../../../domain/names/digest.ts';
import { parseImageReference, sameRepository } from '../../../domain/names/image-reference.ts';
import {
  brief,
  type ContainerStatus,
  PodStatus,
  type Terminated,
  unplaced,
} from '../../kubernetes/pod-status.ts';
import { type Container, Metadata, PodSpec, type Workload } from './workload.ts';

export const Pod = z.object({ metadata: Metadata, spec: PodSpec, status: PodStatus });
export type Pod = z.infer<typeof Pod>;

/** What a deployment's pods are owned by is a replica set, named for the deployment and the template's hash. */
export function isOwnedBy({ metadata }: Pod, { metadata: own, id }: Workload): boolean {
  const hash = metadata.labels['pod-template-hash'];
  return metadata.ownerReferences.some(({ uid, kind, name }) =>
    id.kind === 'deployment' ? kind === 'ReplicaSet' && name === `${own.name}-${hash}` : uid === own.uid,
  );
}

/** Being deleted, or over: it does not count any more. */
export function isLeaving({ metadata, status }: Pod): boolean {
  return !!metadata.deletionTimestamp || status.phase === 'Failed' || status.phase === 'Succeeded';
}

export function isReady({ status }: Pod): boolean {
  return status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/**
 * Whether the pod was made with this image. Clusters may rewrite what pods run on the way in: a mirror for the
 * registry, a digest for the tag.
 */
export function isMadeWith(pod: Pod, { name, image }: Container): boolean {
  const told = imageIn(pod, name) ?? '';
  const [one, other] = [parseImageReference(image), parseImageReference(told)];
  if (told === image || one === undefined || other === undefined) return told === image;
  if (one.digest !== undefined) return one.digest === other.digest;
  return sameRepository(one, other) && (other.tag ?? one.tag) === one.tag;
}

/** The image that the pod's container was told to run. */
function imageIn({ spec }: Pod, container: string): string | undefined {
  return [...spec.containers, ...spec.initContainers].find(({ name }) => name === container)?.image;
}

/**
 * The digest that the container was told to run, else that of what its engine found under the tag, once it was
 * fetched. `docker-pullable://` is how Docker's shim begins it.
 */
export function digestIn(pod: Pod, container: string): Digest | undefined {
  const status = [...pod.status.containerStatuses, ...pod.status.initContainerStatuses].find(
    ({ name }) => name === container,
  );
  const told = parseImageReference(imageIn(pod, container) ?? '')?.digest;
  const id = status?.imageID.replace(/^docker-pullable:\/\//, '') ?? '';
  return id === '' ? undefined : (told ?? parseImageReference(id)?.digest);
}

/** Why the pod does not come up, where it says so; nothing for one that may simply need more time. */
export function troubleOf(pod: Pod): string | undefined {
  const { containerStatuses, initContainerStatuses } = pod.status;
  for (const container of [...initContainerStatuses, ...containerStatuses]) {
    const trouble = troubleIn(container);
    if (trouble !== undefined) return `pod "${pod.metadata.name}": container "${container.name}" ${trouble}`;
  }
  return unplaced(pod);
}

/** Waiting for these is nothing but waiting. */
const PATIENT = new Set(['', 'ContainerCreating', 'PodInitializing']);

function troubleIn({ state, lastState, ready, restartCount }: ContainerStatus): string | undefined {
  const ended = state.terminated ?? lastState.terminated;
  const waiting = state.waiting;
  if (waiting && !PATIENT.has(waiting.reason)) {
    const last = ended ? `, it ended with ${exit(ended)}` : `: ${brief(waiting.message)}`;
    return `is in ${waiting.reason}${last}`;
  }
  if (state.terminated && state.terminated.exitCode !== 0) return `ended with ${exit(state.terminated)}`;
  if (!ready && restartCount > 0 && ended) return `was started again, it ended with ${exit(ended)}`;
  return undefined;
}

function exit({ exitCode, reason }: Terminated): string {
  return `exit code ${exitCode}${reason === '' ? '' : ` (${reason})`}`;
}
