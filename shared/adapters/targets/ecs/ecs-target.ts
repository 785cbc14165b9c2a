import type { Service } from '@aws-sdk/client-ecs';
import { formatImageReference, parseImageReference } from '../../../domain/names/image-reference.ts';
import type { Answer, Observation, Order, Target } from '../../../ports/target.ts';
import { answerOf, observationOf } from '../outcome.ts';
import { type ConnectionOptions, connectEcs, givingUp } from './connection.ts';
import { listServices } from './list.ts';
import { type Cluster, readService, runningDigest, updateService } from './services.ts';
import { heldReason, judgeRollout, primaryOf } from './standing.ts';
import { containerOf, type Followed, readDefinition, withImage } from './task-definitions.ts';

export type EcsTargetOptions = Omit<ConnectionOptions, 'deadline'> & {
  /** Its name or ARN. */
  readonly cluster: string;
  /** Milliseconds for one answer. */
  readonly deadline?: number;
};

/**
 * Services of one ECS cluster, which exist already and are deployed by ECS itself (rolling, or blue and green). A deploy
 * is a revision of the service's task definition in which one container has another image and nothing else differs;
 * a revision that is so already is used again. ECS keeps the old tasks until the new ones are steady.
 *
 * A container with another image is a person's, and is left alone.
 */
export function createEcsTarget({ deadline = 30_000, ...options }: EcsTargetOptions): Target {
  const connection = connectEcs({ ...options, deadline });
  const cluster = { connection, name: options.cluster };
  const until = (signal: AbortSignal) => ({ ...cluster, connection: givingUp(connection, signal) });
  return {
    list: signal => listServices(until(signal)),

    observe: (name, service, image) =>
      observationOf(async () => {
        const found = await readService(cluster, service.workload ?? name);
        const followed = { container: service.container, image };
        return found === undefined ? { state: 'absent' } : await look(cluster, { service: found, followed });
      }),

    deploy: (order, signal) =>
      answerOf(async () => {
        signal.throwIfAborted();
        const name = order.service.workload ?? order.name;
        const place = until(signal);
        const found = await readService(place, name);
        if (found !== undefined) return await deploy(place, { order, service: found });
        const reason = `there is no service "${name}" in cluster "${cluster.name}"; create it first`;
        return { kind: 'failed', reason: `Cannot deploy "${order.name}": ${reason}` };
      }),
  };
}

async function look(
  cluster: Cluster,
  { service, followed }: { readonly service: Service; readonly followed: Followed },
): Promise<Observation> {
  const arn = primaryOf(service)?.taskDefinition ?? service.taskDefinition ?? '';
  const definition = await readDefinition(cluster.connection, arn);
  const held = heldReason(service, { definition, followed });
  if (held !== undefined) return { state: 'held', reason: held };
  const container = containerOf(definition.definition, followed);
  const runs = container?.image ?? 'no container with this image';
  const written = parseImageReference(container?.image ?? '')?.digest;
  const wanted = followed.image.digest;
  const seen = judgeRollout(service, { digest: written, wanted, runs });
  if (seen.state !== 'unhealthy' || container?.name === undefined) return seen;
  // Declared by tag: the tasks know what they run.
  const names = { service: service.serviceName ?? '', container: container.name };
  return judgeRollout(service, { digest: await runningDigest(cluster, names), wanted, runs });
}

type Deploy = { readonly order: Order; readonly service: Service };

async function deploy(cluster: Cluster, { order, service }: Deploy): Promise<Answer> {
  const name = service.serviceName ?? order.name;
  const controller = service.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') {
    const reason = `service "${name}" is deployed by ${controller}; let ECS deploy it, or use another target`;
    return { kind: 'failed', reason: `Cannot deploy "${order.name}": ${reason}` };
  }
  const from = await readDefinition(cluster.connection, service.taskDefinition ?? '');
  const followed = { container: order.service.container, image: order.image };
  const held = heldReason(service, { definition: from, followed });
  if (held !== undefined) return { kind: 'held', reason: held };
  const container = containerOf(from.definition, followed);
  if (container === undefined) {
    const all = (from.definition.containerDefinitions ?? []).map(one => one.name).join(', ');
    const reason = `task definition "${from.definition.family}" has no such container, only ${all}; name it as container of the service`;
    return { kind: 'failed', reason: `Cannot deploy "${order.name}": ${reason}` };
  }
  const { registry, repository, digest } = order.image;
  const image = formatImageReference({ registry, repository, digest });
  const hasFailed = primaryOf(service)?.rolloutState === 'FAILED';
  if (container.image === image) {
    if (!hasFailed) return { kind: 'accepted', note: 'it runs already, or is on its way' };
    await updateService(cluster, { service: name, taskDefinition: from.arn, anew: true });
    return { kind: 'accepted', note: 'a new deployment was begun' };
  }
  const next = await withImage(cluster.connection, { from, container, image });
  await updateService(cluster, { service: name, taskDefinition: next.arn, anew: false });
  return {
    kind: 'accepted',
    note: `${next.registered ? 'new' : 'earlier'} revision ${next.arn.split('/').at(-1)}`,
  };
}
