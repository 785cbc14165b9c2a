import type Dockerode from 'dockerode';
import { formatImageReference } from '../../../domain/names/image-reference.ts';
import { type Builder, BuildFailure, type BuildOrder, inStep } from '../../../ports/builder.ts';
import type { DockerEngine } from '../../docker/engine.ts';
import { unlessMissing } from '../../docker/failures.ts';
import { isLostLayer } from '../../docker/messages.ts';
import { registryConfig } from '../../docker/registry-login.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { refuseSecrets } from '../refuse-secrets.ts';
import { baseRegistries } from './base-registries.ts';
import { buildOptions } from './build-options.ts';
import { findCacheSources } from './cache-sources.ts';
import { type CleanUp, cleanUp } from './clean-up.ts';
import { archiveContext } from './context-archive.ts';
import { type Attempt, failedBuild } from './failed.ts';
import { followBuild } from './follow-build.ts';
import { pushImage } from './push-image.ts';
import { refuseOtherPlatform } from './refuse-platform.ts';
import { createTranscript } from './transcript.ts';

export type DockerBuilderOptions = {
  readonly engine: DockerEngine;
  readonly credentials: CredentialsFor;
};

/**
 * Builds with the engine's own builder, so that RUN and everything else works, lets the image be checked there, and
 * pushes what passed.
 *
 * Errors that the engine reports inside of its stream are failures like any other; what the engine or a registry
 * may get over by itself (no connection, no answer) is thrown as a plain error. An aborted build is cancelled in
 * the engine too, and leaves no container. The built image stays in the engine: its children are built from it. Layers of earlier
 * builds stay as the engine's cache; only an image that lost its tag to this build is removed, and only
 * if nothing uses it. An order that says so has all of that forgotten. The engine sets the times inside of an
 * image itself: the same input gives the same digest only as long as its cache holds. Secrets are refused.
 */
export function createDockerBuilder({ engine, credentials }: DockerBuilderOptions): Builder {
  return {
    name: 'docker',
    async build(order, progress, signal) {
      signal.throwIfAborted();
      const name = formatImageReference(order.image);
      refuseSecrets(order, NO_SECRETS);
      const attempt = {
        name,
        address: engine.address,
        transcript: createTranscript(progress),
        signal,
        order,
      };
      const leftovers = await buildWhole(order, { engine, credentials, attempt });
      let isOver = true;
      try {
        await order.check?.(name);
        signal.throwIfAborted();
        const login = await credentials(order.image.registry);
        const push = () => pushImage(order.image, { engine, login, attempt });
        const digest = await inStep(progress, 'push', push);
        await order.pushed?.(digest);
        return { digest };
      } catch (error) {
        // What may pass by itself is tried again, and should find its layers.
        isOver = error instanceof BuildFailure;
        throw error;
      } finally {
        const clean = async () => cleanUp(order, { docker: await engine.client(), attempt, leftovers });
        if (isOver) await (order.prune === true ? inStep(progress, 'prune', clean) : clean());
      }
    },
  };
}

/** BuildKit mounts them, over a session that the engine's HTTP interface has not: https://docs.docker.com/build/building/secrets/ */
const NO_SECRETS = "Docker's own builder knows build arguments only, which stay in the history of the image";

const TRIES = 5;

type Building = DockerBuilderOptions & { readonly attempt: Attempt };

/** Once more where another build, as it ended, took layers with it that this one counted on. */
async function buildWhole(order: BuildOrder, building: Building): Promise<CleanUp['leftovers']> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await buildImage(order, building);
    } catch (error) {
      const cause = error instanceof BuildFailure && error.cause;
      const isLost = cause instanceof Error && isLostLayer(cause.message);
      if (!isLost || left === 1) throw error;
      building.attempt.transcript.write('A layer was forgotten meanwhile, it is made once more\n');
    }
  }
}

/** Resolves with what the engine has no further use for. */
async function buildImage(
  order: BuildOrder,
  { engine, credentials, attempt }: Building,
): Promise<CleanUp['leftovers']> {
  const { name, transcript, signal } = attempt;
  const { dockerfile, tar } = await archiveContext(order.context, { ...order, signal });
  try {
    const docker = await engine.client();
    const before = await imageId(docker, name);
    const cache = await findCacheSources(order, { docker, credentials, transcript, signal });
    const registryconfig = await registryConfig(baseRegistries(dockerfile, order.args), credentials);
    const options = buildOptions(order, { name, sources: cache.ids });
    const stream = await docker.buildImage(tar, { ...options, registryconfig, abortSignal: signal });
    const { id, steps } = await followBuild(stream, transcript);
    if (order.platform !== undefined) await refuseOtherPlatform(docker, name, order.platform);
    return { replaced: before === id ? undefined : before, steps, pulled: cache.pulled };
  } catch (error) {
    throw failedBuild(error, attempt);
  } finally {
    tar.destroy();
  }
}

async function imageId(docker: Dockerode, name: string): Promise<string | undefined> {
  return (await unlessMissing(docker.getImage(name).inspect()))?.Id;
}
