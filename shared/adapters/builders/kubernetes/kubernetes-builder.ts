import { createHash } from 'node:crypto';
import type { Limits } from '../../../domain/configuration/images.ts';
import { formatImageReference } from '../../../domain/names/image-reference.ts';
import { type Builder, BuildFailure, type BuildOrder, type BuildProgress } from '../../../ports/builder.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import { RegistryError } from '../../../ports/registry-error.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { describeFailure, isFinal } from '../../kubernetes/failures.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { type SentOrder, sendOrder } from '../order-artifact/send-order.ts';
import { refuseSecrets } from '../refuse-secrets.ts';
import { beginJob, forgetJob, stopJob } from './build-job.ts';
import { followJob } from './follow-job.ts';
import type { PodSettings } from './job-manifest.ts';

export type KubernetesBuilderOptions = PodSettings & {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly store: ImageStore;
  readonly credentials: CredentialsFor;
  /** Registries that speak plain HTTP. */
  readonly insecure: readonly string[];
  /** Variables of the pod's containers; kept in a Secret that goes with the job. */
  readonly environment: Readonly<Record<string, string>>;
  readonly resources?: Limits | undefined;
  /** A folder for files that are needed for a moment. */
  readonly temporary: string;
  /** Milliseconds between two looks at the job. */
  readonly lookAgain?: number;
  /** Milliseconds that a pod which cannot come up is waited for: what it lacks may be on its way. */
  readonly patience?: number;
};

/**
 * Builds in a cluster: each build is a Job. The order and its context go through the registry, as an artifact beside the
 * image, so that a pod needs nothing but the login with which it pushes; that is in a Secret which the Job owns.
 *
 * An order's check gets the image by digest once it is pushed, so that whoever orders has it pushed under a tag that
 * nobody follows.
 *
 * The Job is named for the order: whoever orders the same again, after a crash too, follows the Job that is there. When it
 * has ended, or the build is aborted, it is removed with its pods.
 */
export function createKubernetesBuilder(options: KubernetesBuilderOptions): Builder {
  const { cluster, namespace, store } = options;
  return {
    name: 'kubernetes',
    async build(order, progress, signal) {
      signal.throwIfAborted();
      if (options.tool === undefined) refuseSecrets(order, 'in the pod nothing is run while it builds');
      const sent = await send(order, { ...options, signal });
      const name = nameOf(order, sent.reference.digest);
      progress.output(
        `Sent the build context as ${formatImageReference(sent.reference)}: ${sent.bytes} bytes`,
      );
      const built = await inCluster(cluster, signal, async () => {
        const job = await beginJob({ ...options, name, order, sent, signal });
        progress.output(`${job.isNew ? 'Made' : 'Found'} job "${name}" in namespace "${namespace}"`);
        return await endOf({ ...options, name, order, progress, signal });
      });
      const { digest } = built ?? (await pushed(store, order));
      const { registry, repository } = order.image;
      await order.check?.(formatImageReference({ registry, repository, digest }));
      signal.throwIfAborted();
      return { digest };
    },
  };
}

type Ending = KubernetesBuilderOptions & {
  readonly name: string;
  readonly order: BuildOrder;
  readonly progress: BuildProgress;
  readonly signal: AbortSignal;
};

/** The job is removed once its end is known, or it is not wanted any more; while that is open it goes on. */
async function endOf(its: Ending) {
  const { lookAgain = 1_000, patience = 60_000, signal } = its;
  try {
    const end = await followJob({ ...its, lookAgain, patience });
    await forgetJob(its);
    if (end.kind === 'built') return end.digest === undefined ? undefined : { digest: end.digest };
    if (end.final) throw new BuildFailure(end.reason);
    throw new Error(end.reason);
  } catch (error) {
    if (signal.aborted) await stopJob(its).catch(() => {});
    throw error;
  }
}

/** The registry knows us and will not have it; that no repeat mends. */
async function send(order: BuildOrder, how: Parameters<typeof sendOrder>[1]): Promise<SentOrder> {
  try {
    return await sendOrder(order, how);
  } catch (error) {
    const isFinal = error instanceof RegistryError && !error.temporary;
    throw isFinal ? new BuildFailure(error.message, { cause: error }) : error;
  }
}

/** What a tool that tells no digest has pushed. */
async function pushed(store: ImageStore, { image }: BuildOrder) {
  const found = await store.manifest(image);
  if (found !== undefined) return found;
  throw new BuildFailure(
    `Cannot find ${formatImageReference(image)} in the registry: the command of the builder ended well and did not push it; correct its command`,
  );
}

/** The same for the same order: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
function nameOf({ image, request = '' }: BuildOrder, order: string): string {
  const whole = `${formatImageReference(image)} ${order} ${request}`;
  return `headway-build-${createHash('sha256').update(whole).digest('hex').slice(0, 20)}`;
}

/** @throws {BuildFailure} for what the cluster refuses until a person changes something, as a sentence. */
async function inCluster<T>(cluster: Cluster, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof BuildFailure) throw error;
    const reason = describeFailure(error, cluster.address);
    throw isFinal(error) ? new BuildFailure(reason, { cause: error }) : new Error(reason, { cause: error });
  }
}
