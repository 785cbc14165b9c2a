import { connectDocker } from '../adapters/docker/engine.ts';
import { createSwarmTarget } from '../adapters/targets/swarm/swarm-target.ts';
import { createSwarmpitTarget } from '../adapters/targets/swarmpit/swarmpit-target.ts';
import type { Target } from '../ports/target.ts';
import type { TargetOptions, TargetSettings } from './target-options.ts';

/** A Swarm, spoken to itself or through Swarmpit. */
export function swarmTargetOf(
  settings: TargetSettings<'swarm' | 'swarmpit'>,
  options: TargetOptions,
): Target {
  const { credentials, environment, registry, secret } = options;
  if (settings.kind === 'swarm') {
    return createSwarmTarget({ engine: connectDocker({ host: settings.host, environment }), credentials });
  }
  return createSwarmpitTarget({ url: settings.url, token: secret(settings.token), registry });
}
