import { connectDocker } from '../adapters/docker/engine.ts';
import { createDockerTarget } from '../adapters/targets/docker/docker-target.ts';
import type { Target } from '../ports/target.ts';
import type { TargetOptions, TargetSettings } from './target-options.ts';

/** Nothing for an engine that may be left out and does not answer. */
export async function dockerTargetOf(
  name: string,
  { host, optional, proxy }: TargetSettings<'docker'>,
  { credentials, environment }: TargetOptions,
): Promise<Target | undefined> {
  const engine = connectDocker({ host, environment });
  if (optional && !(await engine.reachable()).answers) return undefined;
  if (proxy === undefined) return createDockerTarget({ engine, credentials, name });
  const { createDockerProxy } = await import('./docker-proxy.ts');
  return createDockerTarget({ engine, credentials, name, proxy: createDockerProxy(name, proxy) });
}
