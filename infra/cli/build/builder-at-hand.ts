import { connectDocker } from '../../../shared/adapters/docker/engine.ts';
import type { CredentialsFor } from '../../../shared/adapters/registry/credentials.ts';
import type { Builder } from '../../../shared/ports/builder.ts';
import type { ImageStore } from '../../../shared/ports/image-store.ts';
import { CommandError, exitCodes } from '../command.ts';

export const BUILDERS = ['auto', 'docker', 'layers'] as const;
export type BuilderWord = (typeof BUILDERS)[number];

type With = {
  readonly store: ImageStore;
  readonly credentials: CredentialsFor;
  readonly environment: Readonly<Record<string, string | undefined>>;
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
