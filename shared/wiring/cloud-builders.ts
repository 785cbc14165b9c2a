import { createAccessToken } from '../adapters/google/access-token.ts';
import type { BuilderConfiguration } from '../domain/configuration/builders.ts';
import { isSecretReference } from '../domain/configuration/secret-reference.ts';
import { milliseconds } from '../domain/durations.ts';
import type { Builder } from '../ports/builder.ts';
import type { Workings } from './workings.ts';

type Settings<Kind> = Extract<BuilderConfiguration, { kind: Kind }>;

/** Builds in the jobs of a cluster. */
export async function createKubernetes(settings: Settings<'kubernetes'>, its: Workings): Promise<Builder> {
  const { credentials, registry: store, configuration, secret } = its;
  const { connectCluster } = await import('../adapters/targets/kubernetes/connect-cluster.ts');
  const { createKubernetesBuilder } = await import('../adapters/builders/kubernetes/kubernetes-builder.ts');
  const token = createAccessToken();
  const cluster = connectCluster({ ...settings, environment: its.environment, token });
  const registries = Object.entries(configuration.registries);
  return createKubernetesBuilder({
    ...settings,
    cluster,
    store,
    credentials,
    insecure: registries.flatMap(([host, { insecure }]) => (insecure ? [host] : [])),
    environment: Object.fromEntries(
      Object.entries(settings.environment).map(([name, text]) => [
        name,
        isSecretReference(text) ? secret(text) : text,
      ]),
    ),
    deadline: milliseconds(settings.timeout),
    temporary: its.folders.repos,
  });
}
