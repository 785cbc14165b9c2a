import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type ContainerEnd, ContainerFailure, type ContainerOrder } from '../../../ports/containers.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { unlessMissing } from '../../kubernetes/failures.ts';
import { followLog } from '../../kubernetes/follow-log.ts';
import { CONTAINER, type JobSettings, jobSpec, secretSpec } from './job-spec.ts';
import { type PodState, podStateOf, RunPod } from './pod-state.ts';

type Running = {
  readonly settings: JobSettings & { readonly startWithin: number };
  readonly output: (line: string) => void;
  readonly signal: AbortSignal;
};

const LOOK_AGAIN = 500;
const Named = z.object({ metadata: z.object({ uid: z.string() }) });
const Pods = z.object({ items: z.array(RunPod).nullable() });

/** One job with its pod, from its making to its removal, whatever happens on the way. */
export async function runJob(
  cluster: Cluster,
  order: ContainerOrder,
  { settings, output, signal }: Running,
): Promise<ContainerEnd> {
  const { namespace, startWithin } = settings;
  const name = `headway-run-${randomUUID()}`;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const stop = new AbortController();
  try {
    const body = jobSpec(name, order, { ...settings, lasts: order.timeout + startWithin });
    const made = Named.parse(await cluster.ask({ method: 'POST', path: jobs, body }));
    signal.throwIfAborted();
    if (Object.keys({ ...order.environment, ...order.files }).length > 0) {
      const secret = secretSpec(name, order, made.metadata.uid);
      await cluster.ask({ method: 'POST', path: `/api/v1/namespaces/${namespace}/secrets`, body: secret });
    }
    const watched = { name, namespace, startWithin, timeout: order.timeout, stop: stop.signal };
    return await watch(cluster, watched, { output, signal });
  } finally {
    stop.abort();
    await removeJob(cluster, `${jobs}/${name}`);
  }
}

/** The pod and the secret go with it. */
export async function removeJob(cluster: Cluster, path: string): Promise<void> {
  const body = { propagationPolicy: 'Background' };
  await cluster.ask({ method: 'DELETE', path, body }).catch(unlessMissing);
}

type Watched = {
  readonly name: string;
  readonly namespace: string;
  readonly startWithin: number;
  readonly timeout: number;
  /** Nobody looks any more. */
  readonly stop: AbortSignal;
};

async function watch(
  cluster: Cluster,
  { name, namespace, startWithin, timeout, stop }: Watched,
  { output, signal }: Omit<Running, 'settings'>,
): Promise<ContainerEnd> {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const where = `"${name}" in the namespace "${namespace}"`;
  const ended = new AbortController();
  const following = { output, ended: ended.signal, signal: AbortSignal.any([signal, stop]) };
  let followed: Promise<void> | undefined;
  let late = AbortSignal.timeout(startWithin);
  for (;;) {
    const pod = await findPod(cluster, pods, { name, signal });
    const state = podStateOf(pod, followed !== undefined);
    if (followed === undefined && (state.kind === 'running' || state.kind === 'ended')) {
      late = AbortSignal.timeout(Math.min(timeout, LONGEST));
      const its = { namespace, pod: pod?.metadata.name ?? name, container: CONTAINER };
      followed = followLog(cluster, its, following);
      followed.catch(() => {});
    }
    if (state.kind === 'ended') {
      ended.abort();
      await followed?.catch(error => tellTail(state.tail, error, output));
      return state.end;
    }
    if (late.aborted && state.kind === 'running') return { kind: 'timed out' };
    refuse(state, { where, startWithin, isLate: late.aborted });
    await sleep(LOOK_AGAIN, undefined, { signal });
  }
}

type Place = { readonly where: string; readonly startWithin: number; readonly isLate: boolean };

function refuse(state: PodState, { where, startWithin, isLate }: Place): void {
  if (state.kind === 'never') throw new ContainerFailure(`Cannot run ${where}: ${state.reason}`);
  if (state.kind === 'lost') throw new Error(`Cannot see the end of ${where}: ${state.reason}`);
  if (state.kind === 'waiting' && isLate) {
    throw new Error(`Cannot start ${where} within ${startWithin / 1_000} s: ${state.reason}`);
  }
}

/** How it ended is known without its log: a node that does not give it does not undo that. */
function tellTail(tail: string, error: unknown, output: (line: string) => void): void {
  for (const line of tail.split('\n')) if (line !== '') output(line);
  output(`Its log cannot be had: ${error instanceof Error ? error.message : String(error)}`);
}

type Looked = { readonly name: string; readonly signal: AbortSignal };

async function findPod(cluster: Cluster, path: string, { name, signal }: Looked) {
  const query = { labelSelector: `job-name=${name}` };
  const { items } = Pods.parse(await cluster.ask({ method: 'GET', path, query, signal }));
  return items?.[0];
}

/** What a timer of Node can wait at most: 24 days. */
const LONGEST = 2 ** 31 - 1;
