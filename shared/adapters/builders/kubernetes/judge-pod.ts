import { z } from 'zod';
import { brief, PodStatus, type Terminated, unplaced } from '../../kubernetes/pod-status.ts';
import { CONTAINER } from './job-manifest.ts';

/** What is looked at of a pod. */
export const BuildPod = z.object({
  metadata: z.object({
    name: z.string(),
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().nullish(),
  }),
  status: PodStatus,
});
export type BuildPod = z.infer<typeof BuildPod>;

export type PodVerdict =
  /** `final`: time will not mend it, so that one need not wait for the deadline. */
  | { readonly kind: 'waits'; readonly trouble?: string; readonly final: boolean }
  | { readonly kind: 'runs' }
  | {
      readonly kind: 'ended';
      /** Which of its containers that was. */
      readonly container: string;
      /** What its container wrote down. */
      readonly message: string;
      /** Nothing where it ended well. */
      readonly failure?: { readonly reason: string; readonly final: boolean };
    };

/** Waiting for these is nothing but waiting; the secret comes a moment after the pod. */
const PATIENT = new Set(['', 'ContainerCreating', 'PodInitializing', 'CreateContainerConfigError']);
/** A signal ended it: somebody's, or its node's that went down. */
const KILLED = 137;

/** What a build's pod is about, and how it ended. */
export function judgePod(pod: BuildPod): PodVerdict {
  const { metadata, status } = pod;
  // Whoever removes it knows why: the job, for its deadline, or a person.
  if (metadata.deletionTimestamp && status.phase !== 'Succeeded') return { kind: 'waits', final: false };
  const all = [...status.initContainerStatuses, ...status.containerStatuses];
  const main = status.containerStatuses.find(({ name }) => name === CONTAINER);
  const ended = {
    kind: 'ended',
    container: CONTAINER,
    message: main?.state.terminated?.message ?? '',
  } as const;
  if (status.reason === 'Evicted' || status.reason.includes('Shutdown') || status.reason === 'NodeLost') {
    const reason = `The cluster took the pod away (${status.reason}): ${brief(status.message)}`;
    return { ...ended, failure: { reason, final: false } };
  }
  const broken = all.find(({ state }) => state.terminated != null && state.terminated.exitCode !== 0);
  const terminated = broken?.state.terminated;
  if (broken !== undefined && terminated != null) {
    const { message } = terminated;
    return { ...ended, container: broken.name, message, failure: whyEnded(broken.name, terminated) };
  }
  if (main?.state.terminated != null) return ended;
  if (status.phase === 'Failed') {
    const reason = `The pod failed: ${brief(status.message || status.reason)}`;
    return { ...ended, failure: { reason, final: false } };
  }
  if (main?.state.running != null) return { kind: 'runs' };
  return whyWaiting(pod);
}

function whyEnded(name: string, { exitCode, reason }: Terminated) {
  const container = `Container "${name}" of the build's pod`;
  if (reason === 'OOMKilled') {
    const cure = 'raise limits.memory of the image, or resources.memory of the builder';
    return { reason: `${container} was killed for using more memory than it may; ${cure}`, final: true };
  }
  if (reason === 'ContainerCannotRun' || reason === 'StartError') {
    return {
      reason: `${container} cannot be started (${reason}); correct its image and command`,
      final: true,
    };
  }
  const what = `${container} ended with exit code ${exitCode}${reason === '' ? '' : ` (${reason})`}`;
  return { reason: what, final: exitCode !== KILLED };
}

function whyWaiting(pod: BuildPod): PodVerdict {
  const { metadata, status } = pod;
  for (const { name, state } of [...status.initContainerStatuses, ...status.containerStatuses]) {
    const { waiting } = state;
    if (waiting == null || PATIENT.has(waiting.reason)) continue;
    const trouble = `pod "${metadata.name}": container "${name}" is in ${waiting.reason}: ${brief(waiting.message)}`;
    return { kind: 'waits', trouble, final: true };
  }
  const trouble = unplaced(pod);
  return { kind: 'waits', ...(trouble !== undefined && { trouble }), final: false };
}
