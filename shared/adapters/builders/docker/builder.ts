import type Dockerode from 'dockerode';
import { formatImageReference } from '../../../domain/names/image-reference.ts';
import { type Builder, BuildFailure, type BuildOrder, inStep } from '../../../ports/builder.ts';
import type { DockerEngine } from '../../docker/engine.ts';
import { unlessMissing } from '../../docker/failures.ts';
import { isLostLayer } from '../../docker/messages.ts';
import { registryConfig } from '../../docker/registry-login.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import { suits } from '../layers/platform.ts';
import { readPlatform } from '../read-platform.ts';
import { baseRegistries, targetBases } from './base-registries.ts';
import { buildOptions } from './build-options.ts';
import type { BuildKitBuild } from './buildkit/build-with-buildkit.ts';
import { needsBuildKit } from './buildkit/needs-buildkit.ts';
import { findCacheSources } from './cache-sources.ts';
import { type CleanUp, cleanUp } from './clean-up.ts';
import { archiveContext, type ContextArchive } from './context-archive.ts';
import { type Attempt, failedBuild } from './failed.ts';
import { type Followed, followBuild } from './follow-build.ts';
import { pushImage } from './push-image.ts';
import { refuseOtherBases, refuseOtherPlatform } from './refuse-platform.ts';
import { createTranscript } from './transcript.ts';

export type DockerBuilderOptions = {
  readonly engine: DockerEngine;
  readonly credentials: CredentialsFor;
};

/**
 * Builds with the engine's own builder, so that RUN and everything else works, lets the image be checked there, and
 * pushes what passed. Secrets, other platforms than the engine's, and what a Dockerfile asks of BuildKit, are for the
 * BuildKit inside of the engine.
 *
 * Errors that the engine reports inside of its stream are failures like any other; what the engine or a registry
 * may get over by itself (no connection, no answer) is thrown as a plain error. An aborted build is cancelled in
 * the engine too, and leaves no container. The built image stays in the engine: its children are built from it. Layers of earlier
 * builds stay as the engine's cache; only an image that lost its tag to this build is removed, and only
 * if nothing uses it. An order that says so has all of that forgotten. The engine sets the times inside of an
 * image itself: the same input gives the same digest only as long as its cache holds.
 */
export function createDockerBuilder({ engine, credentials }: DockerBuilderOptions): Builder {
  return {
    name: 'docker',
    async build(order, progress, signal) {
      signal.throwIfAborted();
      const name = formatImageReference(order.image);
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
  const { name, signal } = attempt;
  const archive = await archiveContext(order.context, { ...order, signal });
  try {
    const docker = await engine.client();
    const before = await imageId(docker, name);
    const reason = needsBuildKit(order, archive.dockerfile) ?? (await otherPlatform(docker, order));
    const { id, ...leftovers } =
      reason === undefined
        ? await buildStepByStep(archive, { docker, credentials, attempt })
        : await buildWithBuildKit(archive, { docker, credentials, attempt, reason });
    if (order.platform !== undefined) await refuseOtherPlatform(docker, name, order.platform);
    return { replaced: before === id ? undefined : before, ...leftovers };
  } catch (error) {
    throw failedBuild(error, attempt);
  } finally {
    archive.tar.destroy();
  }
}

/** The older builder takes whatever the engine has under the name of the base, for whichever platform. */
async function otherPlatform(
  docker: Dockerode,
  { platform, limits }: BuildOrder,
): Promise<string | undefined> {
  if (platform === undefined || limits !== undefined) return undefined;
  const { Os: os, Arch: architecture } = await docker.version();
  return suits({ os, architecture }, readPlatform(platform)) ? undefined : `platform ${platform}`;
}

type Made = Followed & Pick<CleanUp['leftovers'], 'pulled'>;
type Making = Omit<BuildKitBuild, 'reason'>;

/** With the engine's older builder. */
async function buildStepByStep(
  { dockerfile, tar }: ContextArchive,
  { docker, credentials, attempt }: Making,
): Promise<Made> {
  const { order, name, transcript, signal } = attempt;
  const { ids: sources, pulled } = await findCacheSources(order, { docker, credentials, transcript, signal });
  const registryconfig = await registryConfig(baseRegistries(dockerfile, order.args), credentials);
  const options = buildOptions(order, { name, sources });
  const stream = await docker.buildImage(tar, { ...options, registryconfig, abortSignal: signal });
  return { ...(await followBuild(stream, transcript)), pulled };
}

/** What it needs is loaded where it is needed only. */
async function buildWithBuildKit({ dockerfile, tar }: ContextArchive, build: BuildKitBuild): Promise<Made> {
  const { order, name } = build.attempt;
  const bases = targetBases(dockerfile, order.args);
  if (order.platform !== undefined) await refuseOtherBases(order.platform, { ...build, name, bases });
  const buildkit = await import('./buildkit/build-with-buildkit.ts');
  return { ...(await buildkit.buildWithBuildKit(tar, build)), pulled: [] };
}

async function imageId(docker: Dockerode, name: string): Promise<string | undefined> {
  return (await unlessMissing(docker.getImage(name).inspect()))?.Id;
}
