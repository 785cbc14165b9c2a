import { randomUUID } from 'node:crypto';
import { connectDocker } from '../../../shared/adapters/docker/engine.ts';
import type { CredentialsFor } from '../../../shared/adapters/registry/credentials.ts';
import { type Builder, BuildFailure } from '../../../shared/ports/builder.ts';
import type { Containers } from '../../../shared/ports/containers.ts';
import type { ImageStore } from '../../../shared/ports/image-store.ts';
import { CommandError, exitCodes } from '../command.ts';

export const BUILDERS = ['auto', 'docker', 'layers'] as const;
export type BuilderWord = (typeof BUILDERS)[number];

type Environment = Readonly<Record<string, string | undefined>>;
type With = {
  readonly store: ImageStore;
  readonly credentials: CredentialsFor;
  readonly environment: Environment;
};

/** auto: Docker where an engine answers, else the builder that needs none. @throws {CommandError} for an engine that does not. */
export async function builderAtHand(
  word: BuilderWord,
  { store, credentials, environment }: With,
): Promise<Builder> {
  const engine = connectDocker({ environment });
  const reach = word === 'layers' ? undefined : await engine.reachable();
  if (reach?.answers === true) {
    const { createDockerBuilder } = await import('../../../shared/adapters/builders/docker/builder.ts');
    return createDockerBuilder({ engine, credentials });
  }
  if (word === 'docker') throw new CommandError(reach?.reason ?? '', exitCodes.failed);
  const { createLayersBuilder } = await import('../../../shared/adapters/builders/layers/builder.ts');
  return createLayersBuilder({ store });
}

/** Where images are tested, whoever builds them. @throws {BuildFailure} where no engine answers, with what to do. */
export async function containersAtHand({
  credentials,
  environment,
}: Omit<With, 'store'>): Promise<Containers> {
  const engine = connectDocker({ environment });
  const reach = await engine.reachable();
  if (!reach.answers) {
    throw new BuildFailure(`Cannot build an image with tests where nothing can run them: ${reach.reason}`);
  }
  const { createDockerContainers } = await import('../../../shared/adapters/containers/docker/containers.ts');
  // Several of these commands may run at once, and none may take another's containers for its own.
  return createDockerContainers({ engine, credentials, clock: { now: Date.now }, owner: randomUUID() });
}
