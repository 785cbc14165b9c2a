import { randomUUID } from 'node:crypto';
import { setTimeout as later } from 'node:timers/promises';
import { z } from 'zod';
import type { BuildOrder } from '../../../ports/builder.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { ApiRefusal, unlessMissing } from '../../kubernetes/failures.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import type { SentOrder } from '../order-artifact/send-order.ts';
import { jobManifest, type PodSettings, SECRET_NAME } from './job-manifest.ts';
import { secretManifest } from './secret-manifest.ts';

export type JobPlace = { readonly cluster: Cluster; readonly namespace: string; readonly name: string };
type Begin = JobPlace &
  PodSettings & {
    readonly order: BuildOrder;
    readonly sent: SentOrder;
    readonly credentials: CredentialsFor;
    readonly environment: Readonly<Record<string, string>>;
    readonly insecure: readonly string[];
    readonly signal: AbortSignal;
  };

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/#JobStatus */
export const Job = z.object({
  metadata: z.object({
    uid: z.string(),
    deletionTimestamp: z.string().nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  status: z
    .object({
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .nullish()
        .transform(all => (all ?? []).filter(({ status }) => status === 'True')),
    })
    .prefault({}),
});
export type Job = z.infer<typeof Job>;

/**
 * Makes the job with its secret, or finds that of the same order. One that failed before is made anew, with another
 * secret: that of the old one is collected some time after its job.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
 */
export async function beginJob(its: Begin): Promise<{ readonly isNew: boolean }> {
  for (;;) {
    const made = await create(its);
    const job = made ?? (await readJob(its, its.signal));
    if (job === undefined) continue;
    const isOver = job.status.conditions.some(({ type }) => type === 'Failed');
    if (made === undefined && (isOver || job.metadata.deletionTimestamp)) {
      await stopJob(its);
      continue;
    }
    await createSecret(its, job);
    return { isNew: made !== undefined };
  }
}

export async function readJob(
  { cluster, ...place }: JobPlace,
  signal: AbortSignal,
): Promise<Job | undefined> {
  const found = await cluster.ask({ method: 'GET', path: pathOf(place), signal }).catch(unlessMissing);
  return found === undefined ? undefined : Job.parse(found);
}

/** How long it is waited for pods to end. */
const LONGEST = 30_000;

/** Stops the job: resolves when its pods have ended, so that nothing is pushed after. Safe to repeat. */
export async function stopJob(place: JobPlace): Promise<void> {
  await deleteJob(place, 'Foreground');
  const end = AbortSignal.timeout(LONGEST);
  while (!end.aborted && (await readJob(place, end).catch(() => undefined)) !== undefined) await later(200);
}

/** Removes a job that has ended; its pods and its secret go after it. */
export async function forgetJob(place: JobPlace): Promise<void> {
  await deleteJob(place, 'Background');
}

async function deleteJob({ cluster, ...place }: JobPlace, propagationPolicy: string): Promise<void> {
  const body = { propagationPolicy };
  await cluster.ask({ method: 'DELETE', path: pathOf(place), body }).catch(unlessMissing);
}

async function create({ cluster, ...its }: Begin): Promise<Job | undefined> {
  const path = `/apis/batch/v1/namespaces/${its.namespace}/jobs`;
  const body = jobManifest({ ...its, secret: `${its.name}-${randomUUID().slice(0, 8)}` });
  const made = await cluster.ask({ method: 'POST', path, body, signal: its.signal }).catch(unlessThere);
  return made === undefined ? undefined : Job.parse(made);
}

/** After the job, which owns it; pods wait for it. */
async function createSecret({ cluster, ...its }: Begin, job: Job): Promise<void> {
  const path = `/api/v1/namespaces/${its.namespace}/secrets`;
  const { uid, annotations } = job.metadata;
  const secret = annotations?.[SECRET_NAME] ?? its.name;
  const body = await secretManifest({ ...its, name: secret, job: { name: its.name, uid } });
  await cluster.ask({ method: 'POST', path, body, signal: its.signal }).catch(unlessThere);
}

function pathOf({ namespace, name }: Omit<JobPlace, 'cluster'>): string {
  return `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
}

/** Nothing for what is there already. */
function unlessThere(error: unknown): undefined {
  if (!(error instanceof ApiRefusal && error.status === 409)) throw error;
}
