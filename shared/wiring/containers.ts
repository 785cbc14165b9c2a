import { connectDocker, type DockerEngine } from '../adapters/docker/engine.ts';
import { BuildFailure } from '../ports/builder.ts';
import type { Containers } from '../ports/containers.ts';
import { runOwner } from './run-owner.ts';
import type { Workings } from './workings.ts';

/** Runs containers on an engine. */
export async function createEngineContainers(engine: DockerEngine, its: Workings): Promise<Containers> {
  const { createDockerContainers } = await import('../adapters/containers/docker/containers.ts');
  const { credentials, clock } = its;
  return createDockerContainers({ engine, credentials, clock, owner: runOwner(its) });
}

/**
 * The containers of this machine's engine, for what is built by builders that have nothing to run it with.
 *
 * @throws {BuildFailure} where no engine answers, with what to do.
 */
export function createLocalContainers(its: Workings): () => Promise<Containers> {
  const engine = connectDocker({ environment: its.environment });
  let made: Promise<Containers> | undefined;
  return async () => {
    const reach = await engine.reachable();
    if (!reach.answers) {
      throw new BuildFailure(
        `Cannot run images to test them: ${reach.reason}; or build them with a builder of the kind docker, container or kubernetes, or let "tests" of their builder name one`,
      );
    }
    made ??= createEngineContainers(engine, its);
    return made;
  };
}
