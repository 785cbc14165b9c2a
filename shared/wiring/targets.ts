import { connectDocker } from '../adapters/docker/engine.ts';
import type { CredentialsFor } from '../adapters/registry/credentials.ts';
import type { Configuration, TargetConfiguration } from '../domain/configuration/schema.ts';
import { PermanentError } from '../domain/permanent-error.ts';
import type { Log } from '../ports/log.ts';
import type { Target } from '../ports/target.ts';

type Options = {
  readonly configuration: Configuration;
  readonly credentials: CredentialsFor;
  readonly secret: (reference: string) => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A folder for clones of manifest repositories. */
  readonly manifests: string;
  readonly log: Log;
};
export type Targets = (name: string) => Promise<Target | undefined>;

/** The targets of the configuration by name, each made when it is first needed. */
export function createTargets(options: Options): Targets {
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
  { credentials, secret, environment, manifests, log }: Options,
): Promise<Target | undefined> {
  if (settings.kind === 'git') {
    const { createGitTarget } = await import('../adapters/targets/git/git-target.ts');
    const login = settings.credentials;
    return createGitTarget({
      ...settings,
      credentials:
        login === undefined ? undefined : { username: login.username, password: secret(login.password) },
      root: manifests,
      log,
      environment,
    });
  }
  if (settings.kind !== 'docker')
    throw new PermanentError(`Cannot reach target "${name}": its kind is not built in`);
  const engine = connectDocker({ host: settings.host, environment });
  if (settings.optional && !(await engine.reachable()).answers) return undefined;
  const { createDockerTarget } = await import('../adapters/targets/docker/docker-target.ts');
  return createDockerTarget({ engine, credentials, name });
}
