import type { ContainerDefinition, Service, TaskDefinition } from '@aws-sdk/client-ecs';
import { parseImageReference } from '../../../domain/names/image-reference.ts';
import type { Found } from '../../../ports/target.ts';
import { type Cluster, readServices, runningDigest } from './services.ts';
import { isUpdating } from './standing.ts';
import { type Definition, readDefinition } from './task-definitions.ts';

const PLATFORMS: Readonly<Record<string, string>> = { X86_64: 'linux/amd64', ARM64: 'linux/arm64' };

/** Every container of every service of the cluster that has one image, in the order of the services' names. */
export async function listServices(cluster: Cluster): Promise<Found[]> {
  const read = new Map<string, Definition>();
  const found: Found[] = [];
  for (const service of await readServices(cluster)) {
    const { taskDefinition: arn } = service;
    if (arn === undefined) continue;
    const definition = read.get(arn) ?? (await readDefinition(cluster.connection, arn));
    read.set(arn, definition);
    for (const container of definition.definition.containerDefinitions ?? []) {
      const one = await foundIn(cluster, { service, definition: definition.definition, container });
      if (one !== undefined) found.push(one);
    }
  }
  return found.sort((a, b) => (a.workload < b.workload ? -1 : a.workload > b.workload ? 1 : 0));
}

type Place = {
  readonly service: Service;
  readonly definition: TaskDefinition;
  readonly container: ContainerDefinition;
};

async function foundIn(
  cluster: Cluster,
  { service, definition, container }: Place,
): Promise<Found | undefined> {
  const image = parseImageReference(container.image ?? '');
  const workload = service.serviceName;
  if (image === undefined || workload === undefined) return undefined;
  const updating = isUpdating(service);
  const name = container.name ?? '';
  const digest = updating
    ? undefined
    : (image.digest ?? (await runningDigest(cluster, { service: workload, container: name })));
  const several = (definition.containerDefinitions ?? []).length > 1;
  const platform = PLATFORMS[definition.runtimePlatform?.cpuArchitecture ?? ''];
  const tags = (service.tags ?? []).map(({ key = '', value = '' }) => [key, value] as const);
  return {
    workload,
    ...(several && { container: name }),
    image,
    ...(digest !== undefined && { digest }),
    updating,
    labels: { ...Object.fromEntries(tags), ...container.dockerLabels },
    ...(platform !== undefined && { platform }),
  };
}
