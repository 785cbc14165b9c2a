import { createContainerBuilder } from '../adapters/builders/container/builder.ts';
import { createDockerContainers } from '../adapters/containers/docker/containers.ts';
import { connectDocker } from '../adapters/docker/engine.ts';
import type { BuilderConfiguration } from '../domain/configuration/builders.ts';
import { isSecretReference } from '../domain/configuration/secret-reference.ts';
import type { Builder } from '../ports/builder.ts';
import { createRedactor } from '../runtime/secrets/redactor.ts';
import { runOwner } from './run-owner.ts';
import type { Workings } from './workings.ts';

/** A builder that is an image, run on a Docker engine. */
export function createContainer(
  {
    kind: _,
    host,
    environment,
    concurrency: __,
    ...settings
  }: Extract<BuilderConfiguration, { kind: 'container' }>,
  its: Workings,
): Builder {
  const { credentials, registry, clock, folders } = its;
  const references = Object.values(environment).filter(isSecretReference);
  const resolved = Object.entries(environment).map(([name, text]) => [
    name,
    isSecretReference(text) ? its.secret(text) : text,
  ]);
  const engine = connectDocker({ host, environment: its.environment });
  const owner = runOwner(its);
  return createContainerBuilder({
    ...settings,
    containers: createDockerContainers({ engine, credentials, clock, owner }),
    environment: Object.fromEntries(resolved),
    redact: more => {
      const { add, redact } = createRedactor();
      for (const secret of [...references.map(its.secret), ...more]) add(secret);
      return redact;
    },
    credentials,
    registry,
    store: registry,
    temporary: folders.repos,
  });
}
