import type Dockerode from 'dockerode';
import { type ImageReference, repositoryName } from '../../domain/names/image-reference.ts';
import type { Credentials } from '../registry/credentials.ts';
import { refusalOf, unlessMissing } from './failures.ts';
import { isPassing, readMessages, StreamedError } from './messages.ts';
import { registryAuth } from './registry-login.ts';

type Pull = { readonly login: Credentials | undefined; readonly signal: AbortSignal };

/** The registry does not have the image, or will not give it to us. */
export class PullRefusal extends Error {
  override name = 'PullRefusal';
}

/**
 * Makes sure that the engine has exactly this image, or one of this tag where there is no digest.
 *
 * @throws {PullRefusal} when a repeat would not help; plain errors may pass by themselves.
 */
export async function pullImage(
  docker: Dockerode,
  image: ImageReference,
  { login, signal }: Pull,
): Promise<void> {
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
      : new PullRefusal(sentence, { cause: error });
  }
}

/** As the engine takes it: by digest, else by tag. */
export function imageName(image: ImageReference): string {
  const { digest, tag = 'latest' } = image;
  return `${repositoryName(image)}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}
