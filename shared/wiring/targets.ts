import type { TargetConfiguration } from '../domain/configuration/schema.ts';
import type { Target } from '../ports/target.ts';
import { madeOnce } from './made-once.ts';
import type { TargetOptions } from './target-options.ts';

export type Targets = (name: string) => Promise<Target | undefined>;

/**
 * The targets of the configuration by name, each made when it is first needed. Nothing for a name that is not
 * there, and for one that may be left out and does not answer now.
 */
export function createTargets(options: TargetOptions): Targets {
  return madeOnce(async name => {
    const settings = options.configuration.targets[name];
    return settings && (await createTarget(name, settings, options));
  });
}

async function createTarget(
  name: string,
  settings: TargetConfiguration,
  options: TargetOptions,
): Promise<Target | undefined> {
  switch (settings.kind) {
    case 'docker': {
      const { dockerTargetOf } = await import('./docker-target.ts');
      return dockerTargetOf(name, settings, options);
    }
    case 'git': {
      const { gitTargetOf } = await import('./git-target.ts');
      return gitTargetOf(name, settings, options);
    }
    case 'command': {
      const { commandTargetOf } = await import('./told-targets.ts');
      return commandTargetOf(name, settings, options);
    }
    case 'webhook': {
      const { webhookTargetOf } = await import('./told-targets.ts');
      return webhookTargetOf(name, settings, options);
    }
    case 'kubernetes': {
      const { kubernetesTargetOf } = await import('./kubernetes-target.ts');
      return kubernetesTargetOf(settings, options);
    }
    case 'swarm':
    case 'swarmpit': {
      const { swarmTargetOf } = await import('./swarm-targets.ts');
      return swarmTargetOf(settings, options);
    }
    case 'cloud-run':
    case 'ecs':
    case 'heroku': {
      const { cloudTargetOf } = await import('./cloud-targets.ts');
      return cloudTargetOf(settings, options);
    }
  }
}
