import { connectDocker } from '../adapters/docker/engine.ts';
import { createAccessToken } from '../adapters/google/access-token.ts';
import type { GateConfiguration } from '../domain/configuration/gates.ts';
import type { Gate } from '../ports/gate.ts';
import { runOwner } from './run-owner.ts';
import type { Workings } from './workings.ts';

type Settings = Extract<GateConfiguration, { kind: 'docker' | 'kubernetes' }>;

/** The gates that run a test in a container; secrets of its environment are resolved. */
export async function createContainedGate(settings: Settings, its: Workings): Promise<Gate> {
  const { credentials, clock, environment } = its;
  const owner = runOwner(its);
  if (settings.kind === 'docker') {
    const { createDockerGate } = await import('../adapters/gates/docker/docker-gate.ts');
    const engine = connectDocker({ host: settings.host, environment });
    return createDockerGate({ ...settings, engine, credentials, clock, owner });
  }
  const [{ connectCluster }, { createKubernetesGate }] = await Promise.all([
    import('../adapters/kubernetes/connect-cluster.ts'),
    import('../adapters/gates/kubernetes/kubernetes-gate.ts'),
  ]);
  const cluster = connectCluster({ ...settings, environment, token: createAccessToken() });
  return createKubernetesGate({ ...settings, cluster, owner });
}
