import { z } from 'zod';
import type { ContainerEnd } from '../../../ports/containers.ts';
import { isPassing } from '../../docker/messages.ts';
import { PodStatus, type Terminated } from '../../kubernetes/pod-status.ts';

export const RunPod = z.object({ metadata: z.object({ name: z.string() }), status: PodStatus });
export type RunPod = z.infer<typeof RunPod>;

export type PodState =
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'running' }
  /** With the end of its log, where it failed. */
  | { readonly kind: 'ended'; readonly end: ContainerEnd; readonly tail: string }
  /** It can never run. */
  | { readonly kind: 'never'; readonly reason: string }
  /** The cluster took it away. */
  | { readonly kind: 'lost'; readonly reason: string };

/** How far the one container of a run is, of which it is known whether it ran before. */
export function podStateOf(pod: RunPod | undefined, ran: boolean): PodState {
  if (pod === undefined && ran) return { kind: 'lost', reason: 'its pod is gone' };
  if (pod === undefined) return { kind: 'waiting', reason: 'it has no pod yet' };
  const { status } = pod;
  const { waiting, running, terminated } = status.containerStatuses[0]?.state ?? {};
  if (terminated) return ofTerminated(terminated, status);
  if (running) return { kind: 'running' };
  if (status.phase === 'Failed') return { kind: 'lost', reason: sentence(status) };
  if (waiting && isHopeless(waiting)) return { kind: 'never', reason: sentence(waiting) };
  const unscheduled = status.conditions.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  return {
    kind: 'waiting',
    reason: unscheduled?.message || sentence(waiting ?? { reason: '', message: '' }),
  };
}

type Words = { readonly reason: string; readonly message: string };

/** What container runtimes say of a command that they could not start. */
const NOT_STARTED = new Set(['ContainerCannotRun', 'StartError']);

function ofTerminated({ exitCode, ...words }: Terminated, status: PodStatus): PodState {
  const tail = words.message;
  if (words.reason === 'OOMKilled') return { kind: 'ended', end: { kind: 'out of memory' }, tail };
  if (NOT_STARTED.has(words.reason)) return { kind: 'never', reason: sentence(words) };
  // The pod was ended from outside: evicted, or its node went.
  if (status.reason !== '') return { kind: 'lost', reason: sentence(status) };
  return { kind: 'ended', end: { kind: 'exited', code: exitCode }, tail };
}

function isHopeless({ reason, message }: Words): boolean {
  if (reason === 'InvalidImageName' || reason === 'CreateContainerError') return true;
  return reason === 'ErrImagePull' && !isPassing(message);
}

function sentence({ reason, message }: Words): string {
  return (
    [reason, message.trim().replaceAll(/\s+/g, ' ').slice(0, 500)].filter(Boolean).join(': ') ||
    'no reason given'
  );
}
