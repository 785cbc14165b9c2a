import type { Gate } from '../../../ports/gate.ts';
import {
  createKubernetesContainers,
  type KubernetesContainersOptions,
} from '../../containers/kubernetes/containers.ts';
import { type ContainerGateOptions, createContainerGate } from '../container-gate.ts';

type Options = KubernetesContainersOptions & Omit<ContainerGateOptions, 'containers' | 'gpus' | 'limits'>;

/** Runs a test as a Job of a cluster: on nodes with these labels, with resources such as `nvidia.com/gpu`. */
export function createKubernetesGate(options: Options): Gate {
  return createContainerGate({ ...options, containers: createKubernetesContainers(options) });
}
