import { createAccessToken } from '../adapters/google/access-token.ts';
import { connectCluster } from '../adapters/kubernetes/connect-cluster.ts';
import { createKubernetesTarget } from '../adapters/targets/kubernetes/kubernetes-target.ts';
import type { Target } from '../ports/target.ts';
import type { TargetOptions, TargetSettings } from './target-options.ts';

export function kubernetesTargetOf(
  settings: TargetSettings<'kubernetes'>,
  { environment }: TargetOptions,
): Target {
  const cluster = connectCluster({ ...settings, environment, token: createAccessToken() });
  return createKubernetesTarget({ cluster, namespace: settings.namespace });
}
