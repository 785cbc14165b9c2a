import type Dockerode from 'dockerode';
import { type ImageReference, repositoryName } from '../../../domain/names/image-reference.ts';
import { refusalOf, unlessMissing } from '../../docker/failures.ts';
import { isPassing, readMessages, StreamedError } from '../../docker/messages.ts';
import { registryAuth } from '../../docker/registry-login.ts';
import type { Credentials } from '../../registry/credentials.ts';
import { DeployFailure } from './deploy-failure.ts';

type Pull = { readonly login: Credentials | undefined; readonly signal: AbortSignal };

/**
 * Makes sure that the engine has exactly this image, or one of this tag where there is no digest.
 *
 * @throws {DeployFailure} when the registry does not have it, or will not give it to us.
 */
export async function pull(docker: Dockerode, image: ImageReference, { login, signal }: Pull): Promise<void> {
  const name = imageName(image);
  if ((await unlessMissing(docker.getImage(name).inspect())) !== undefined) return;
  try {
    const auth = registryAuth(image.registry, login);
    const options = {
      fromImage: repositoryName(image),
      tag: image.digest ?? image.tag ?? 'latest',
      abortSignal: signal,
    };
    for await (const _ of readMessages(await docker.createImage(auth, options)));
  } catch (error) {
    const said = error instanceof StreamedError ? error.message : refusalOf(error)?.message;
    if (said === undefined) throw error;
    const sentence = `Cannot pull "${name}": ${said}`;
    throw isPassing(said)
      ? new Error(sentence, { cause: error })
      : new DeployFailure(sentence, { cause: error });
  }
}

/** As the engine takes it: by digest, else by tag. */
export function imageName(image: ImageReference): string {
  const { digest, tag = 'latest' } = image;
  return `${repositoryName(image)}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}
