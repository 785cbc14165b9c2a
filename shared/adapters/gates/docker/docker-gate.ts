import type { Gate } from '../../../ports/gate.ts';
import { createDockerContainers, type DockerContainersOptions } from '../../containers/docker/containers.ts';
import { type ContainerGateOptions, createContainerGate } from '../container-gate.ts';

type Options = DockerContainersOptions & Omit<ContainerGateOptions, 'containers'>;

/** Runs a test in a container on a Docker Engine, with its graphics cards where it is to have them. */
export function createDockerGate(options: Options): Gate {
  return createContainerGate({ ...options, containers: createDockerContainers(options) });
}
