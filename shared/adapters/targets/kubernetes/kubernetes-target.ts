import type { ServiceConfiguration } from '../../../domain/configuration/schema.ts';
import type { ImageReference } from '../../../domain/names/image-reference.ts';
import { parseWorkloadName } from '../../../domain/names/kubernetes-workload.ts';
import type { Observation, Order, Target } from '../../../ports/target.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { describeFailure, isFinal } from '../../kubernetes/failures.ts';
import { chooseContainer } from './choose-container.ts';
import { deploy } from './deploy.ts';
import { newestRun, observeRun } from './jobs.ts';
import { declared, judgeRollout } from './judge-rollout.ts';
import { list } from './list.ts';
import { whyHeld } from './marks.ts';
import { findWorkload, podsOf } from './resources.ts';
import { shown } from './workload.ts';

/**
 * Brings the workloads of a namespace to a digest. A workload is a person's: it is never made, scaled or removed here,
 * only the image of its one container is declared anew, and the cluster rolls it out as the workload says. Whether
 * what ran before serves on meanwhile is up to its update strategy; it does with the usual one of a deployment.
 *
 * A cron job is what it declares: its next run is with that. A job is run anew, after its pattern, as `NAME-1` and on.
 */
export function createKubernetesTarget({
  cluster,
  namespace,
}: {
  readonly cluster: Cluster;
  /** Of the workloads that name none. */
  readonly namespace: string;
}): Target {
  return {
    async list(signal) {
      try {
        return await list(cluster, { namespace, signal });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw new Error(describeFailure(error, cluster.address), { cause: error });
      }
    },

    async observe(name, service, image) {
      try {
        return await observe(cluster, { id: idOf(name, service), service, image });
      } catch (error) {
        return { state: 'unknown', reason: describeFailure(error, cluster.address) };
      }
    },

    async deploy(order: Order, signal) {
      signal.throwIfAborted();
      const id = idOf(order.name, order.service);
      if (id === undefined) return { kind: 'failed', reason: whyNoName(order.name, order.service) };
      try {
        return await deploy(cluster, { order, id, signal });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const reason = describeFailure(error, cluster.address);
        if (isFinal(error)) return { kind: 'failed', reason };
        throw new Error(reason, { cause: error });
      }
    },
  };

  function idOf(name: string, { workload = name }: ServiceConfiguration) {
    return parseWorkloadName(workload, namespace);
  }
}

type Question = {
  readonly id: ReturnType<typeof parseWorkloadName>;
  readonly service: ServiceConfiguration;
  readonly image: ImageReference;
};

async function observe(cluster: Cluster, { id, service, image }: Question): Promise<Observation> {
  if (id === undefined) return { state: 'failed', reason: whyNoName('', service) };
  const workload = await findWorkload(cluster, id);
  if (workload === undefined) return { state: 'absent' };
  const held = whyHeld(workload);
  if (held !== undefined) return { state: 'held', reason: held };
  const run = id.kind === 'job' ? await newestRun(cluster, workload) : workload;
  const chosen = chooseContainer(run, { image, container: service.container });
  if (typeof chosen === 'string') return { state: 'failed', reason: chosen };
  const { container } = chosen;
  if (id.kind === 'cronjob') return declared(shown(workload), container);
  if (id.kind === 'job') return observeRun(cluster, run, container);
  return judgeRollout({ workload, pods: await podsOf(cluster, workload), container });
}

function whyNoName(name: string, { workload = name }: ServiceConfiguration): string {
  return `Cannot find workload "${workload}": expected NAME, KIND/NAME or NAMESPACE/KIND/NAME; correct the service's workload`;
}
