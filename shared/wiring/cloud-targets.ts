import { createAccessToken } from '../adapters/google/access-token.ts';
import type { TargetConfiguration } from '../domain/configuration/schema.ts';
import type { Target } from '../ports/target.ts';
import type { TargetOptions } from './targets.ts';

type CloudSettings = Extract<TargetConfiguration, { kind: 'cloud-run' | 'ecs' }>;

/** The targets that a cloud's own API runs; each is loaded when it is asked for. */
export async function createCloudTarget(
  settings: CloudSettings,
  { secret }: Pick<TargetOptions, 'secret'>,
): Promise<Target> {
  if (settings.kind === 'cloud-run') {
    const { createCloudRunTarget } = await import('../adapters/targets/cloud-run/cloud-run-target.ts');
    return createCloudRunTarget({ ...settings, token: createAccessToken() });
  }
  const { createEcsTarget } = await import('../adapters/targets/ecs/ecs-target.ts');
  const { accessKeyId, secretAccessKey } = settings;
  const hasKey = accessKeyId !== undefined && secretAccessKey !== undefined;
  const credentials = hasKey
    ? { accessKeyId: secret(accessKeyId), secretAccessKey: secret(secretAccessKey) }
    : undefined;
  return createEcsTarget({ ...settings, credentials });
}
