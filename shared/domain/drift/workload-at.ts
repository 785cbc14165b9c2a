import type { TargetConfiguration } from '../configuration/schema.ts';
import { formatWorkloadName, parseWorkloadName } from '../names/kubernetes-workload.ts';

/** The one spelling of a workload's name at a target: `web`, `deployment/web` and `default/deployment/web` may be one. */
export function workloadAt(target: TargetConfiguration | undefined, workload: string): string {
  if (target?.kind !== 'kubernetes') return workload;
  const parsed = parseWorkloadName(workload, target.namespace);
  return parsed === undefined ? workload : formatWorkloadName(parsed, target.namespace);
}
