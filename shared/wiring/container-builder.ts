import { createContainerBuilder } from '../adapters/builders/container/builder.ts';
import { connectDocker } from '../adapters/docker/engine.ts';
import type { BuilderConfiguration } from '../domain/configuration/builders.ts';
import type { Builder } from '../ports/builder.ts';
import { redactorOf } from '../runtime/secrets/redactor.ts';
import { createEngineContainers } from './containers.ts';
import { revealed } from './revealed.ts';
import type { Workings } from './workings.ts';

/** A builder that is an image, run on a Docker engine. */
export async function createContainer(
  {
    kind: _,
    host,
    environment,
    concurrency: __,
    ...settings
  }: Extract<BuilderConfiguration, { kind: 'container' }>,
  its: Workings,
): Promise<Builder> {
  const { credentials, registry, folders } = its;
  const { values, secrets } = revealed(environment, its.secret);
  const engine = connectDocker({ host, environment: its.environment });
  const containers = await createEngineContainers(engine, its);
  const builder = createContainerBuilder({
    ...settings,
    containers,
    environment: values,
    redact: more => redactorOf([...secrets, ...more]),
    credentials,
    registry,
    store: registry,
    temporary: folders.repos,
  });
  return { ...builder, containers: async () => containers };
}
