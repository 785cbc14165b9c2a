import type Dockerode from 'dockerode';
import { z } from 'zod';
import { type ImageReference, parseImageReference } from '../../../domain/names/image-reference.ts';
import { unlessMissing } from '../../docker/failures.ts';
import { engineAnswer } from './engine-answer.ts';
import type { Holdable } from './hold.ts';
import type { Rollout } from './judge.ts';

/**
 * What is read of a service. Everything else is kept as it came, since an update sends the whole specification back.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Service
 */
export const SwarmService = z.looseObject({
  ID: z.string(),
  Version: z.looseObject({ Index: z.int() }),
  Spec: z.looseObject({
    Name: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    TaskTemplate: z.looseObject({ ContainerSpec: z.looseObject({ Image: z.string() }).optional() }),
    Mode: z
      .looseObject({
        Replicated: z.looseObject({ Replicas: z.int().optional() }).optional(),
        ReplicatedJob: z.looseObject({ TotalCompletions: z.int().optional() }).optional(),
      })
      .optional(),
  }),
  UpdateStatus: z.looseObject({ State: z.string().optional(), Message: z.string().optional() }).optional(),
});
export type SwarmService = z.infer<typeof SwarmService>;

/** By its name or its whole identifier; the engine would take the beginning of an identifier too. */
export async function findService(docker: Dockerode, workload: string): Promise<SwarmService | undefined> {
  const found = await unlessMissing(docker.getService(workload).inspect());
  if (found === undefined) return undefined;
  const service = engineAnswer(SwarmService, found);
  return service.Spec.Name === workload || service.ID === workload ? service : undefined;
}

/** Nothing for a service of plugins, which have no image. */
export function imageOf({ Spec }: SwarmService): ImageReference | undefined {
  return parseImageReference(Spec.TaskTemplate.ContainerSpec?.Image ?? '');
}

export function holdableOf(service: SwarmService): Holdable {
  const { Name, Labels } = service.Spec;
  return { name: Name, labels: Labels ?? {}, image: imageOf(service), replicas: replicasOf(service) };
}

export function rolloutOf(service: SwarmService): Rollout {
  const { UpdateStatus } = service;
  return {
    name: service.Spec.Name,
    digest: imageOf(service)?.digest,
    replicas: replicasOf(service),
    update: UpdateStatus && { state: UpdateStatus.State, message: UpdateStatus.Message ?? '' },
  };
}

/** Nothing for a service that runs on every node. */
function replicasOf({ Spec: { Mode } }: SwarmService): number | undefined {
  if (Mode?.Replicated !== undefined) return Mode.Replicated.Replicas ?? 1;
  return Mode?.ReplicatedJob && (Mode.ReplicatedJob.TotalCompletions ?? 1);
}
