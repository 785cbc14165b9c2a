import { repositoryName } from '../../../domain/names/image-reference.ts';
import type { WorkloadName } from '../../../domain/names/kubernetes-workload.ts';
import type { Answer, Order } from '../../../ports/target.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { ApiRefusal, unlessMissing } from '../../kubernetes/failures.ts';
import { type Chosen, chooseContainer } from './choose-container.ts';
import { runJob } from './jobs.ts';
import { MARKS, whyHeld } from './marks.ts';
import { isLeaving, isMadeWith, isReady } from './pods.ts';
import { askFor, findWorkload, podsOf } from './resources.ts';
import { shown, type Workload } from './workload.ts';

type Ask = { readonly order: Order; readonly id: WorkloadName; readonly signal: AbortSignal };

const TRIES = 3;

/** Declares the image by digest; others write to a workload all the time, so a conflict is looked at anew. */
export async function deploy(cluster: Cluster, ask: Ask): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await tryDeploy(cluster, ask);
    } catch (error) {
      if (tries === TRIES || !(error instanceof ApiRefusal) || error.status !== 409) throw error;
    }
  }
}

async function tryDeploy(cluster: Cluster, { order, id, signal }: Ask): Promise<Answer> {
  const workload = await findWorkload(cluster, id, signal);
  if (workload === undefined) return { kind: 'failed', reason: whyAbsent(id) };
  const held = whyHeld(workload);
  if (held !== undefined) return { kind: 'held', reason: held };
  const chosen = chooseContainer(workload, { image: order.image, container: order.service.container });
  if (typeof chosen === 'string') return { kind: 'failed', reason: chosen };
  if (id.kind === 'job') return runJob(cluster, workload, { order, chosen, signal });
  const image = `${repositoryName(order.image)}@${order.image.digest}`;
  const isDeclared = chosen.container.image === image;
  if (!isDeclared) {
    await askFor(cluster, id, { method: 'PATCH', body: patch(workload, { order, chosen, image }), signal });
  }
  if (id.kind === 'statefulset') await freeStuckPods(cluster, workload, { chosen, image, signal });
  return isDeclared ? { kind: 'accepted', note: 'it is declared already' } : { kind: 'accepted' };
}

/** Refused by the server when somebody wrote to the workload since it was looked at, such as a hold. */
function patch(
  { id, metadata, status }: Workload,
  { order, chosen, image }: { readonly order: Order; readonly chosen: Chosen; readonly image: string },
): unknown {
  const template = { spec: { [chosen.list]: [{ name: chosen.container.name, image }] } };
  const gaveUp = status.conditions.find(({ reason }) => reason === 'ProgressDeadlineExceeded');
  return {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      annotations: {
        [MARKS.gaveUp]: gaveUp?.lastUpdateTime ?? null,
        [MARKS.commit]: order.commit ?? null,
      },
    },
    spec: id.kind === 'cronjob' ? { jobTemplate: { spec: { template } } } : { template },
  };
}

/**
 * A stateful set never replaces a pod that does not become ready, even when told to run something else.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
async function freeStuckPods(
  cluster: Cluster,
  workload: Workload,
  {
    chosen,
    image,
    signal,
  }: { readonly chosen: Chosen; readonly image: string; readonly signal: AbortSignal },
): Promise<void> {
  for (const pod of await podsOf(cluster, workload, signal)) {
    const { name, namespace, uid } = pod.metadata;
    if (isReady(pod) || isLeaving(pod) || isMadeWith(pod, { name: chosen.container.name, image })) continue;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const body = { preconditions: { uid } };
    await cluster.ask({ method: 'DELETE', path, body, signal }).catch(unlessMissing);
  }
}

function whyAbsent(id: WorkloadName): string {
  return `Cannot find ${shown({ id })} in namespace "${id.namespace}"; apply it once, headway brings only what is there to a digest`;
}
