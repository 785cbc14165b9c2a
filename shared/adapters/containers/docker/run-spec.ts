import type { ContainerCreateOptions } from 'dockerode';
import { bytesOf } from '../../../domain/memory.ts';
import type { ContainerOrder } from '../../../ports/containers.ts';

/** More than any test needs, fewer than what a fork bomb takes from the others. */
const PROCESSES = 8_192;

/**
 * What the engine is asked to create. Its output is kept nowhere but by whoever is attached, so that what prints
 * without end fills no disk; swap is not given beside the memory, so that the limit is one.
 */
export function runSpec(
  { image, command, environment = {}, workingDirectory, limits = {}, gpus = false, network }: ContainerOrder,
  labels: Readonly<Record<string, string>>,
): ContainerCreateOptions {
  const { memory, cpus } = limits;
  const bytes = memory === undefined ? undefined : bytesOf(memory);
  return {
    Image: image,
    Entrypoint: [...command],
    Env: Object.entries(environment).map(([variable, value]) => `${variable}=${value}`),
    ...(workingDirectory !== undefined && { WorkingDir: workingDirectory }),
    Healthcheck: { Test: ['NONE'] },
    Labels: { ...labels },
    HostConfig: {
      LogConfig: { Type: 'none', Config: {} },
      RestartPolicy: { Name: 'no' },
      PidsLimit: PROCESSES,
      ...(bytes !== undefined && { Memory: bytes, MemorySwap: bytes }),
      ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9) }),
      ...(network !== undefined && { NetworkMode: network }),
      ...(gpus && { DeviceRequests: [{ Driver: '', Count: -1, Capabilities: [['gpu']] }] }),
    },
  };
}
