import { createAccessToken } from '../adapters/google/access-token.ts';
import type { TargetConfiguration } from '../domain/configuration/schema.ts';
import type { Target } from '../ports/target.ts';

type CloudSettings = Extract<TargetConfiguration, { kind: 'cloud-run' }>;

/** The targets that a cloud's own API runs; each is loaded when it is asked for. */
export async function createCloudTarget(settings: CloudSettings): Promise<Target> {
  const { createCloudRunTarget } = await import('../adapters/targets/cloud-run/cloud-run-target.ts');
  return createCloudRunTarget({ ...settings, token: createAccessToken() });
}
