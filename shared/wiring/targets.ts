import { connectDocker } from '../adapters/docker/engine.ts';
import { createAccessToken } from '../adapters/google/access-token.ts';
import type { CredentialsFor } from '../adapters/registry/credentials.ts';
import type { Configuration, TargetConfiguration } from '../domain/configuration/schema.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import type { Log } from '../ports/log.ts';
import type { Registry } from '../ports/registry.ts';
import type { Target } from '../ports/target.ts';

export type TargetOptions = {
  readonly configuration: Configuration;
  readonly credentials: CredentialsFor;
  readonly registry: Registry;
  readonly secret: (reference: string) => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A folder for what targets keep: clones of manifest repositories, and what they told somebody else. */
  readonly manifests: string;
  readonly log: Log;
};
export type Targets = (name: string) => Promise<Target | undefined>;

/** The targets of the configuration by name, each made when it is first needed. */
export function createTargets(options: TargetOptions): Targets {
  const made = new Map<string, Promise<Target | undefined>>();
  return name => {
    const settings = options.configuration.targets[name];
    if (settings === undefined) return Promise.resolve(undefined);
    const target = made.get(name) ?? createTarget(name, settings, options);
    made.set(name, target);
    return target;
  };
}

async function createTarget(
  name: string,
  settings: TargetConfiguration,
  options: TargetOptions,
): Promise<Target | undefined> {
  const { credentials, environment } = options;
  if (settings.kind === 'git') {
    const { createManifests } = await import('./git-target.ts');
    return createManifests(name, settings, options);
  }
  if (settings.kind === 'command') {
    const { createCommand } = await import('./told-targets.ts');
    return await createCommand(name, settings, options);
  }
  if (settings.kind === 'webhook') {
    const { createWebhook } = await import('./told-targets.ts');
    return await createWebhook(name, settings, options);
  }
  if (settings.kind === 'kubernetes') {
    const { connectCluster } = await import('../adapters/targets/kubernetes/connect-cluster.ts');
    const { createKubernetesTarget } = await import('../adapters/targets/kubernetes/kubernetes-target.ts');
    const cluster = connectCluster({ ...settings, environment, token: createAccessToken() });
    return createKubernetesTarget({ cluster, namespace: settings.namespace });
  }
  if (settings.kind === 'swarm' || settings.kind === 'swarmpit') {
    const { createSwarm } = await import('./swarm-targets.ts');
    return createSwarm(settings, options);
  }
  if (settings.kind === 'cloud-run' || settings.kind === 'ecs' || settings.kind === 'heroku') {
    const { createCloudTarget } = await import('./cloud-targets.ts');
    return await createCloudTarget(settings, options);
  }
  if (settings.kind !== 'docker')
    throw new PermanentError(`Cannot reach target "${name}": its kind is not built in`);
  const engine = connectDocker({ host: settings.host, environment });
  if (settings.optional && !(await engine.reachable()).answers) return undefined;
  const { createDockerTarget } = await import('../adapters/targets/docker/docker-target.ts');
  if (settings.proxy === undefined) return createDockerTarget({ engine, credentials, name });
  const { createDockerProxy } = await import('./docker-proxy.ts');
  return createDockerTarget({ engine, credentials, name, proxy: createDockerProxy(name, settings.proxy) });
}
