import { parseWorkloadName, WORKLOAD_KINDS } from '../names/kubernetes-workload.ts';
import type { Mistake } from './mistake.ts';
import type { Configuration } from './schema.ts';

/** Services whose target is a cluster, and that name something which no cluster has. */
export function workloads({ services, targets }: Configuration): Mistake[] {
  return Object.entries(services).flatMap(([name, { target, workload }]) => {
    const settings = targets[target];
    if (settings?.kind !== 'kubernetes' || workload === undefined) return [];
    if (parseWorkloadName(workload, settings.namespace) !== undefined) return [];
    const message = `expected NAME, KIND/NAME or NAMESPACE/KIND/NAME, with a kind of ${WORKLOAD_KINDS.join(', ')}`;
    return [{ path: ['services', name, 'workload'], message }];
  });
}
