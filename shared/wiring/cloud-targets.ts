import { createAccessToken } from '../adapters/google/access-token.ts';
import { createRegistryClient } from '../adapters/registry/client.ts';
import type { Target } from '../ports/target.ts';
import type { TargetOptions, TargetSettings } from './target-options.ts';

/** The targets that a cloud's own API runs; each is loaded when it is asked for. */
export function cloudTargetOf(
  settings: TargetSettings<'cloud-run' | 'ecs' | 'heroku'>,
  options: TargetOptions,
): Promise<Target> {
  switch (settings.kind) {
    case 'cloud-run':
      return cloudRunOf(settings);
    case 'ecs':
      return ecsOf(settings, options);
    case 'heroku':
      return herokuOf(settings, options);
  }
}

async function cloudRunOf(settings: TargetSettings<'cloud-run'>): Promise<Target> {
  const { createCloudRunTarget } = await import('../adapters/targets/cloud-run/cloud-run-target.ts');
  return createCloudRunTarget({ ...settings, token: createAccessToken() });
}

async function ecsOf(settings: TargetSettings<'ecs'>, { secret }: TargetOptions): Promise<Target> {
  const { createEcsTarget } = await import('../adapters/targets/ecs/ecs-target.ts');
  const { accessKeyId, secretAccessKey } = settings;
  const hasKey = accessKeyId !== undefined && secretAccessKey !== undefined;
  const credentials = hasKey
    ? { accessKeyId: secret(accessKeyId), secretAccessKey: secret(secretAccessKey) }
    : undefined;
  return createEcsTarget({ ...settings, credentials });
}

/** Heroku's registry takes the token of its API as a password: https://devcenter.heroku.com/articles/container-registry-and-runtime#log-in-to-the-registry */
async function herokuOf(
  settings: TargetSettings<'heroku'>,
  { configuration, credentials, secret }: TargetOptions,
): Promise<Target> {
  const { createHerokuTarget } = await import('../adapters/targets/heroku/heroku-target.ts');
  const token = secret(settings.token);
  const images = createRegistryClient({
    credentials: async host =>
      host === settings.registry ? { username: '_', password: token } : await credentials(host),
    insecure: host => configuration.registries[host]?.insecure === true,
  });
  return createHerokuTarget({ ...settings, token, images });
}
