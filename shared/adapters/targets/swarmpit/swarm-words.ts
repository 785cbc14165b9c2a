import { isDigest } from '../../../domain/names/digest.ts';
import { type ImageReference, parseImageReference } from '../../../domain/names/image-reference.ts';
import type { Holdable } from '../swarm/hold.ts';
import type { Rollout, SwarmTask } from '../swarm/judge.ts';
import type { SwarmpitService, SwarmpitTask } from './api.ts';

/** By its name or its identifier, whole. */
export function findService(services: readonly SwarmpitService[], workload: string) {
  return services.find(({ id, serviceName }) => serviceName === workload || id === workload);
}

type Repository = SwarmpitService['repository'];

/**
 * What the service is declared to run. Swarmpit splits name and tag at the last colon, which misreads a registry's
 * port where there is no tag, so that the whole name is preferred.
 */
export function imageOf({ repository }: { readonly repository: Repository }): ImageReference | undefined {
  const { name, tag, image } = repository;
  const digest = digestOf(repository);
  const whole = image ?? `${name ?? ''}${tag ? `:${tag}` : ''}`;
  return parseImageReference(`${whole}${digest === undefined ? '' : `@${digest}`}`);
}

export function labelsOf({ labels }: SwarmpitService): Record<string, string> {
  return Object.fromEntries((labels ?? []).map(({ name, value }) => [name, value ?? '']));
}

export function holdableOf(service: SwarmpitService): Holdable {
  const { serviceName: name, replicas } = service;
  return { name, labels: labelsOf(service), image: imageOf(service), replicas: replicas ?? undefined };
}

export function rolloutOf({ serviceName, repository, replicas, status }: SwarmpitService): Rollout {
  const update = { state: status?.update ?? undefined, message: status?.message ?? '' };
  return { name: serviceName, digest: digestOf(repository), replicas: replicas ?? undefined, update };
}

/** The newest first. */
export function tasksOf(tasks: readonly SwarmpitTask[]): SwarmTask[] {
  return tasks
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    .map(({ taskName, desiredState, state, repository, status }) => ({
      place: taskName,
      desired: desiredState,
      state,
      digest: digestOf(repository),
      error: status?.error ?? undefined,
    }));
}

function digestOf({ imageDigest }: Repository): string | undefined {
  return imageDigest && isDigest(imageDigest) ? imageDigest : undefined;
}
