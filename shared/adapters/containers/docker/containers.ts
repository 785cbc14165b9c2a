import { parseImageReference } from '../../../domain/names/image-reference.ts';
import type { Clock } from '../../../ports/clock.ts';
import { ContainerFailure, type ContainerOrder, type Containers } from '../../../ports/containers.ts';
import type { DockerEngine } from '../../docker/engine.ts';
import { describeFailure, refusalOf, unlessMissing } from '../../docker/failures.ts';
import { PullRefusal, pullImage } from '../../docker/pull.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { removeLeftovers, runLabels } from './leftovers.ts';
import { runContainer } from './run-container.ts';

export type DockerContainersOptions = {
  readonly engine: DockerEngine;
  /** For images that the engine does not have yet. */
  readonly credentials: CredentialsFor;
  readonly clock: Clock;
  /**
   * Who runs them, the same after a restart: what a killed process of this owner left in the engine is removed before
   * its next run. No two processes at a time may have one name.
   */
  readonly owner: string;
};

/**
 * Runs commands in containers of a Docker Engine. Each is removed when it ends, with its volumes; of what it writes
 * nothing is kept in the engine. All its processes together have the order's limits.
 */
export function createDockerContainers(options: DockerContainersOptions): Containers {
  const { engine, credentials, clock, owner } = options;
  let cleared: Promise<void> | undefined;

  async function clear(): Promise<void> {
    await removeLeftovers(await engine.client(), { owner, now: clock.now() });
  }

  async function ensureImage(image: string, signal: AbortSignal): Promise<void> {
    const docker = await engine.client();
    if ((await unlessMissing(docker.getImage(image).inspect())) !== undefined) return;
    const reference = parseImageReference(image);
    if (reference === undefined) throw new ContainerFailure(`Cannot run "${image}": there is no such image`);
    await pullImage(docker, reference, { login: await credentials(reference.registry), signal });
  }

  async function run(order: ContainerOrder, output: (line: string) => void, signal: AbortSignal) {
    cleared ??= clear();
    await cleared.catch(error => {
      cleared = undefined;
      throw error;
    });
    await ensureImage(order.image, signal);
    const labels = runLabels({ owner, now: clock.now(), timeout: order.timeout });
    return runContainer(await engine.client(), order, { labels, output, signal });
  }

  return {
    name: 'docker',
    async run(order, output, signal) {
      signal.throwIfAborted();
      try {
        return await run(order, output, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof PullRefusal) throw new ContainerFailure(error.message, { cause: error });
        if (error instanceof ContainerFailure || isOurs(error)) throw error;
        throw new Error(describeFailure(error, engine.address), { cause: error });
      }
    },
  };
}

/** A sentence for people already, rather than what the client says. */
function isOurs(error: unknown): boolean {
  return error instanceof Error && refusalOf(error) === undefined && error.message.startsWith('Cannot ');
}
