import type { Deployment, Service } from '@aws-sdk/client-ecs';
import type { Digest } from '../../../domain/names/digest.ts';
import type { Observation } from '../../../ports/target.ts';
import { containerOf, type Definition, type Followed, isOf } from './task-definitions.ts';

/** The deployment that ECS is at, or was at last. */
export function primaryOf({ deployments = [] }: Service): Deployment | undefined {
  return deployments.find(({ status }) => status === 'PRIMARY');
}

export function isUpdating(service: Service): boolean {
  return primaryOf(service)?.rolloutState === 'IN_PROGRESS';
}

/** Another image in the container is a person's word. */
export function heldReason(
  { serviceName }: Service,
  { definition, followed }: { readonly definition: Definition; readonly followed: Followed },
): string | undefined {
  const found = containerOf(definition.definition, followed);
  if (found === undefined || isOf(found, followed.image)) return undefined;
  return `service "${serviceName}" runs "${found.image}", which is another image; set it back, and it goes on`;
}

/**
 * Where the rollout is. The circuit breaker either leaves the deployment FAILED or goes back to the one before, which
 * is then the primary one and says so.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 *
 * @param digest what the primary deployment runs, where that is known
 */
export function judgeRollout(
  service: Service,
  { digest, wanted, runs }: { digest: Digest | undefined; wanted: string | undefined; runs: string },
): Observation {
  const name = service.serviceName;
  const primary = primaryOf(service);
  if (primary === undefined) return { state: 'updating', reason: `service "${name}" has no deployment yet` };
  const { rolloutState, rolloutStateReason: reason = '' } = primary;
  const why = reason === '' ? '' : `: ${reason}`;
  if (rolloutState === 'FAILED')
    return { state: 'failed', reason: `the deployment of "${name}" failed${why}` };
  if (/rolling back/i.test(reason) && wanted !== undefined && wanted !== digest) {
    const failed = service.deployments?.find(one => one.rolloutState === 'FAILED')?.rolloutStateReason;
    return { state: 'failed', reason: `the deployment of "${name}" failed: ${failed ?? reason}` };
  }
  if (!isComplete(service, primary)) {
    const { runningCount = 0, desiredCount = 0 } = primary;
    return {
      state: 'updating',
      reason: `service "${name}" runs ${runningCount} of ${desiredCount} tasks${why}`,
    };
  }
  if (digest !== undefined) return { state: 'running', digest };
  return {
    state: 'unhealthy',
    reason: `service "${name}" runs ${runs}, and its tasks do not tell one digest`,
  };
}

/** Deployments that are not rolling updates have no rollout state. */
function isComplete({ deployments = [] }: Service, primary: Deployment): boolean {
  if (primary.rolloutState !== undefined) return primary.rolloutState === 'COMPLETED';
  return deployments.length === 1 && primary.runningCount === primary.desiredCount;
}
