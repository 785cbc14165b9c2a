import { connectDocker } from '../adapters/docker/engine.ts';
import { createSwarmTarget } from '../adapters/targets/swarm/swarm-target.ts';
import { createSwarmpitTarget } from '../adapters/targets/swarmpit/swarmpit-target.ts';
import type { TargetConfiguration } from '../domain/configuration/schema.ts';
import type { Target } from '../ports/target.ts';
import type { TargetOptions } from './targets.ts';

type Settings = Extract<TargetConfiguration, { kind: 'swarm' | 'swarmpit' }>;

/** A Swarm, spoken to itself or through Swarmpit. */
export function createSwarm(settings: Settings, options: TargetOptions): Target {
  const { credentials, environment, registry, secret } = options;
  if (settings.kind === 'swarm') {
    return createSwarmTarget({ engine: connectDocker({ host: settings.host, environment }), credentials });
  }
  return createSwarmpitTarget({ url: settings.url, token: secret(settings.token), registry });
}
