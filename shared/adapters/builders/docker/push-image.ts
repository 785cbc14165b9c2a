import type Dockerode from 'dockerode';
import type { Digest } from '../../../domain/names/digest.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
  sameRepository,
} from '../../../domain/names/image-reference.ts';
import type { DockerEngine } from '../../docker/engine.ts';
import { registryAuth } from '../../docker/registry-login.ts';
import type { Credentials } from '../../registry/credentials.ts';
import { type Attempt, failedPush } from './failed.ts';
import { followPush } from './follow-push.ts';

export type Pushing = {
  readonly engine: DockerEngine;
  readonly login: Credentials | undefined;
  readonly attempt: Attempt;
};

/** Pushes an image that the engine has under this name. @returns what the registry has then. */
export async function pushImage(image: ImageReference, { engine, login, attempt }: Pushing): Promise<Digest> {
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
