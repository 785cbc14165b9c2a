import { createAccessToken } from '../adapters/google/access-token.ts';
import type { BuilderConfiguration } from '../domain/configuration/builders.ts';
import { parseSecretReference } from '../domain/configuration/secret-reference.ts';
import { milliseconds } from '../domain/durations.ts';
import { parseImageReference, sameRepository } from '../domain/names/image-reference.ts';
import type { Builder } from '../ports/builder.ts';
import { revealed } from './revealed.ts';
import { runOwner } from './run-owner.ts';
import type { Workings } from './workings.ts';

type Settings<Kind> = Extract<BuilderConfiguration, { kind: Kind }>;

/** Builds in the jobs of a cluster, and runs what it built in such jobs too. */
export async function createKubernetes(settings: Settings<'kubernetes'>, its: Workings): Promise<Builder> {
  const { credentials, registry: store, configuration, secret } = its;
  const { connectCluster } = await import('../adapters/kubernetes/connect-cluster.ts');
  const { createKubernetesBuilder } = await import('../adapters/builders/kubernetes/kubernetes-builder.ts');
  const { createKubernetesContainers } = await import('../adapters/containers/kubernetes/containers.ts');
  const token = createAccessToken();
  const cluster = connectCluster({ ...settings, environment: its.environment, token });
  const registries = Object.entries(configuration.registries);
  const { namespace, nodeSelector } = settings;
  const containers = createKubernetesContainers({ cluster, namespace, nodeSelector, owner: runOwner(its) });
  const builder = createKubernetesBuilder({
    ...settings,
    cluster,
    store,
    credentials,
    insecure: registries.flatMap(([host, { insecure }]) => (insecure ? [host] : [])),
    environment: revealed(settings.environment, secret).values,
    deadline: milliseconds(settings.timeout),
    temporary: its.folders.repos,
  });
  return { ...builder, containers: async () => containers };
}

/** Builds with Google's Cloud Build. */
export async function createCloudBuild(settings: Settings<'cloud-build'>, its: Workings): Promise<Builder> {
  const { registry: store, configuration } = its;
  const { createCloudArtifacts } = await import('../adapters/artifacts/cloud-storage.ts');
  const { createCloudBuildBuilder } = await import('../adapters/builders/cloud-build/cloud-build-builder.ts');
  const { bucket, project } = settings;
  const token = createAccessToken();
  return createCloudBuildBuilder({
    ...settings,
    token,
    store,
    sources: createCloudArtifacts({ bucket, token }),
    timeout: milliseconds(settings.timeout),
    temporary: its.folders.repos,
    secretVersion: ({ image }, name) => {
      const found = Object.values(configuration.images).find(({ repository }) => {
        const place = parseImageReference(repository);
        return place !== undefined && sameRepository(place, image);
      });
      const place = parseSecretReference(found?.secrets[name] ?? '');
      if (place.kind !== 'secret' || place.name === '') return undefined;
      return `projects/${project}/secrets/${place.name}/versions/${place.version}`;
    },
  });
}
