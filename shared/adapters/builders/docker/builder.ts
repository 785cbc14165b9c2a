import type Dockerode from 'dockerode';
import type { Digest } from '../../../domain/names/digest.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
  sameRepository,
} from '../../../domain/names/image-reference.ts';
import type { Builder, BuildOrder } from '../../../ports/builder.ts';
import type { DockerEngine } from '../../docker/engine.ts';
import { unlessMissing } from '../../docker/failures.ts';
import { registryAuth, registryConfig } from '../../docker/registry-login.ts';
import type { Credentials, CredentialsFor } from '../../registry/credentials.ts';
import { baseRegistries } from './base-registries.ts';
import { archiveContext } from './context-archive.ts';
import { type Attempt, failedBuild, failedPush } from './failed.ts';
import { followBuild } from './follow-build.ts';
import { followPush } from './follow-push.ts';
import { createTranscript } from './transcript.ts';

/**
 * Builds with the engine's own builder, so that RUN and everything else works, and pushes what came out.
 *
 * Errors that the engine reports inside of its stream are failures like any other; what the engine or a registry
 * may get over by itself (no connection, no answer) is thrown as a plain error. An aborted build is cancelled in
 * the engine too, and leaves no container. The built image stays in the engine: its children are built from it. Layers of earlier
 * builds stay as the engine's cache; only an image that lost its tag to this build is removed, and only
 * if nothing uses it. The engine sets the times inside of an image itself: the same input gives the same digest
 * only as long as its cache holds.
 */
export function createDockerBuilder({
  engine,
  credentials,
}: {
  readonly engine: DockerEngine;
  readonly credentials: CredentialsFor;
}): Builder {
  return {
    name: 'docker',
    async build(order, progress, signal) {
      signal.throwIfAborted();
      const name = formatImageReference(order.image);
      const attempt = { name, address: engine.address, transcript: createTranscript(progress), signal };
      const replaced = await buildImage(order, { engine, credentials, attempt });
      const login = await credentials(order.image.registry);
      const digest = await pushImage(order.image, { engine, login, attempt });
      if (replaced !== undefined) await removeUnused(await engine.client(), replaced);
      return { digest };
    },
  };
}

type Building = {
  readonly engine: DockerEngine;
  readonly credentials: CredentialsFor;
  readonly attempt: Attempt;
};

/** Resolves with the id of the image that lost its tag to the new one, if there was one. */
async function buildImage(order: BuildOrder, { engine, credentials, attempt }: Building) {
  const { name, transcript, signal } = attempt;
  const { dockerfile, tar } = await archiveContext(order.context, { ...order, signal });
  try {
    const docker = await engine.client();
    const before = await imageId(docker, name);
    const registryconfig = await registryConfig(baseRegistries(dockerfile, order.args), credentials);
    const options = { ...buildOptions(order, name), registryconfig, abortSignal: signal };
    const built = await followBuild(await docker.buildImage(tar, options), transcript);
    return before === built ? undefined : before;
  } catch (error) {
    throw failedBuild(error, attempt);
  } finally {
    tar.destroy();
  }
}

type Pushing = {
  readonly engine: DockerEngine;
  readonly login: Credentials | undefined;
  readonly attempt: Attempt;
};

async function pushImage(image: ImageReference, { engine, login, attempt }: Pushing): Promise<Digest> {
  const { name, transcript, signal } = attempt;
  try {
    const docker = await engine.client();
    const authconfig = registryAuth(image.registry, login);
    const stream = await docker.getImage(name).push({ authconfig, abortSignal: signal });
    return (await followPush(stream, transcript)) ?? (await recordedDigest(docker, image));
  } catch (error) {
    throw failedPush(error, attempt);
  }
}

function buildOptions(order: BuildOrder, name: string): Dockerode.ImageBuildOptions {
  return {
    t: name,
    dockerfile: order.dockerfile,
    buildargs: { ...order.args },
    labels: { ...order.labels },
    ...(order.platform !== undefined && { platform: order.platform }),
    rm: true,
    forcerm: true,
  };
}

async function imageId(docker: Dockerode, name: string): Promise<string | undefined> {
  return (await unlessMissing(docker.getImage(name).inspect()))?.Id;
}

/** Engines that do not tell the digest while they push have it on record afterwards. */
async function recordedDigest(docker: Dockerode, image: ImageReference): Promise<Digest> {
  const { RepoDigests } = await docker.getImage(formatImageReference(image)).inspect();
  const found = RepoDigests.map(parseImageReference).find(
    at => at !== undefined && sameRepository(at, image),
  );
  if (found?.digest !== undefined) return found.digest;
  throw new Error(
    `Cannot tell the digest of "${formatImageReference(image)}": the engine has none on record`,
  );
}

/** Without force the engine refuses (409) what has another name, a child or a container. */
async function removeUnused(docker: Dockerode, id: string): Promise<void> {
  await docker
    .getImage(id)
    .remove()
    .catch(() => {});
}
