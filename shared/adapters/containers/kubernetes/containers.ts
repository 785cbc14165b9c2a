import { z } from 'zod';
import { ContainerFailure, type ContainerOrder, type Containers } from '../../../ports/containers.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { describeFailure, isFinal } from '../../kubernetes/failures.ts';
import { type JobSettings, ownerLabel, RUN_LABELS, THIS_PROCESS } from './job-spec.ts';
import { removeJob, runJob } from './run-job.ts';

export type KubernetesContainersOptions = JobSettings & {
  readonly cluster: Cluster;
  /** Milliseconds that a pod may wait for a node and for its image; ten minutes when absent. */
  readonly startWithin?: number;
};

const MINUTES_10 = 600_000;

/**
 * Runs commands as jobs of a cluster, each in one pod that is tried once. Folders cannot be put in; files and the
 * environment come from a secret, which goes with the job.
 *
 * `owner` is the same after a restart, and no other's: jobs that a killed process of this owner left are removed
 * before its next run. Jobs that have no room are waited for; no room in time may pass by itself. A want of memory is
 * seen where it ended the command itself; of a child only what its parent made of it.
 */
export function createKubernetesContainers(options: KubernetesContainersOptions): Containers {
  const { cluster, startWithin = MINUTES_10, ...settings } = options;
  let cleared: Promise<void> | undefined;

  async function run(order: ContainerOrder, output: (line: string) => void, signal: AbortSignal) {
    if (Object.keys({ ...order.folders, ...order.take }).length > 0) {
      const cannot = 'Cannot put folders into a container on Kubernetes, nor take anything out';
      throw new ContainerFailure(`${cannot}; run it on a Docker engine`);
    }
    cleared ??= removeLeftovers(cluster, settings);
    await cleared.catch(error => {
      cleared = undefined;
      throw error;
    });
    return runJob(cluster, order, { settings: { ...settings, startWithin }, output, signal });
  }

  return {
    name: 'kubernetes',
    async run(order, output, signal) {
      signal.throwIfAborted();
      try {
        return await run(order, output, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ContainerFailure) throw error;
        const sentence = describeFailure(error, cluster.address);
        throw isFinal(error)
          ? new ContainerFailure(sentence, { cause: error })
          : new Error(sentence, { cause: error });
      }
    },
  };
}

const Jobs = z.object({
  items: z
    .array(z.object({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }) }))
    .nullable(),
});

async function removeLeftovers(cluster: Cluster, { namespace, owner }: JobSettings): Promise<void> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const query = { labelSelector: `${RUN_LABELS.owner}=${ownerLabel(owner)}` };
  const { items } = Jobs.parse(await cluster.ask({ method: 'GET', path, query }));
  for (const { metadata } of items ?? []) {
    if (metadata.labels[RUN_LABELS.process] !== THIS_PROCESS) {
      await removeJob(cluster, `${path}/${metadata.name}`);
    }
  }
}
