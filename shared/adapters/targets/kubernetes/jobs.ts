import { z } from 'zod';
import { repositoryName } from '../../../domain/names/image-reference.ts';
import type { Answer, Observation, Order } from '../../../ports/target.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { unlessMissing } from '../../kubernetes/failures.ts';
import type { Chosen } from './choose-container.ts';
import { declared, inPods } from './judge-rollout.ts';
import { MARKS } from './marks.ts';
import { troubleOf } from './pods.ts';
import { askFor, askKind, listWorkloads, podsOf } from './resources.ts';
import { type Container, shown, type Workload } from './workload.ts';

/** How many runs of a job are kept for people to look at. */
const KEPT = 3;

/** The newest run of a job: one that headway made from it, else the job itself. */
export async function newestRun(cluster: Cluster, job: Workload, signal?: AbortSignal): Promise<Workload> {
  return (await runsOf(cluster, job, signal)).at(-1) ?? job;
}

/** How the run ended, once it did. https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions */
export function endOf({ status }: Workload) {
  return status.conditions.find(
    ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
  );
}

/** Of the newest run. A job that is suspended is only a pattern: until headway has run it, nothing is there. */
export async function observeRun(
  cluster: Cluster,
  run: Workload,
  container: Container,
): Promise<Observation> {
  const name = shown(run);
  const ended = endOf(run);
  const pods = await podsOf(cluster, run);
  if (ended?.type === 'Complete') {
    const done = pods.filter(({ status }) => status.phase === 'Succeeded');
    return done.length === 0 ? declared(name, container) : inPods(name, done, container);
  }
  const trouble = pods.map(troubleOf).find(one => one !== undefined);
  if (ended !== undefined) {
    return { state: 'failed', reason: `${name} failed: ${trouble ?? ended.message ?? 'no reason given'}` };
  }
  if (run.spec.suspend) return { state: 'absent' };
  if (trouble !== undefined) return { state: 'unhealthy', reason: `${name}: ${trouble}` };
  return { state: 'updating', reason: `${name} has not ended yet` };
}

type Deploy = { readonly order: Order; readonly chosen: Chosen; readonly signal: AbortSignal };

/**
 * Runs the job with the image: what a job runs cannot be changed, so a new one is made after its pattern, which stays
 * as it is. One run at a time; one that cannot come up is removed for the next.
 */
export async function runJob(cluster: Cluster, job: Workload, deploy: Deploy): Promise<Answer> {
  const { order, chosen, signal } = deploy;
  const runs = await runsOf(cluster, job, signal);
  const last = runs.at(-1) ?? job;
  const container = [...(last.spec.template?.spec[chosen.list] ?? [])].find(
    ({ name }) => name === chosen.container.name,
  );
  const seen = await observeRun(cluster, last, container ?? chosen.container);
  const image = `${repositoryName(order.image)}@${order.image.digest}`;
  if (container?.image === image && seen.state !== 'failed' && seen.state !== 'absent') {
    return { kind: 'accepted', note: 'it was run already' };
  }
  if (seen.state === 'updating') throw new Error(`Cannot run ${shown({ id: job.id })} again: ${seen.reason}`);
  if (seen.state === 'unhealthy' && last !== job) await remove(cluster, last, signal);
  for (const old of runs.slice(0, 1 - KEPT)) await remove(cluster, old, signal);
  const body = await copyOf(cluster, job, { ...deploy, image, number: numberOf(last) + 1 });
  // Another deploy that takes the same number is refused, and looks again.
  await askKind(cluster, job.id, { method: 'POST', body, signal });
  return { kind: 'accepted' };
}

async function runsOf(cluster: Cluster, { id }: Workload, signal?: AbortSignal): Promise<Workload[]> {
  const label = `${MARKS.runOf}=${id.name}`;
  const runs = await listWorkloads(cluster, 'job', { namespace: id.namespace, label, signal });
  return runs
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .sort((one, other) => numberOf(one) - numberOf(other));
}

function numberOf({ metadata }: Workload): number {
  return Number(metadata.labels[MARKS.run] ?? 0);
}

async function remove(cluster: Cluster, { id, metadata }: Workload, signal: AbortSignal): Promise<void> {
  const body = { propagationPolicy: 'Background', preconditions: { uid: metadata.uid } };
  await askFor(cluster, id, { method: 'DELETE', body, signal }).catch(unlessMissing);
}

const Containers = z.array(z.looseObject({ name: z.string() }));
const Job = z.object({
  spec: z.looseObject({
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()).optional() }).nullish(),
      spec: z.looseObject({ containers: Containers, initContainers: Containers.optional() }),
    }),
  }),
});

/** The labels that the cluster gives each job's pods. */
const GIVEN = /^(?:batch\.kubernetes\.io\/)?(?:controller-uid|job-name)$/;

async function copyOf(
  cluster: Cluster,
  job: Workload,
  { chosen, image, number, order, signal }: Deploy & { readonly image: string; readonly number: number },
) {
  const { id, metadata } = job;
  const { spec } = Job.parse(await askFor(cluster, id, { signal }));
  // The pattern's own selector and suspension are not for its runs, nor is their removal by the cluster.
  const { selector: _, manualSelector: __, suspend: ___, ttlSecondsAfterFinished: ____, ...rest } = spec;
  const { template } = rest;
  const labels = Object.entries(template.metadata?.labels ?? {}).filter(([key]) => !GIVEN.test(key));
  const containers = (template.spec[chosen.list] ?? []).map(one =>
    one.name === chosen.container.name ? { ...one, image } : one,
  );
  const { commit } = order;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${id.name}-${number}`,
      labels: { [MARKS.runOf]: id.name, [MARKS.run]: String(number) },
      annotations: commit === undefined ? {} : { [MARKS.commit]: commit },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: id.name, uid: metadata.uid }],
    },
    spec: {
      ...rest,
      template: {
        ...template,
        metadata: { ...template.metadata, labels: Object.fromEntries(labels) },
        spec: { ...template.spec, [chosen.list]: containers },
      },
    },
  };
}
