import type Dockerode from 'dockerode';
import { repositoryName } from '../../../domain/names/image-reference.ts';
import type { Order } from '../../../ports/target.ts';
import { refusalOf } from '../../docker/failures.ts';
import { isPassing } from '../../docker/messages.ts';
import { registryAuth } from '../../docker/registry-login.ts';
import type { Credentials } from '../../registry/credentials.ts';

const DENIED = /denied|unauthorized|authentication required|no basic auth/i;

/**
 * Why the nodes could not pull the image, as far as the manager can tell; nothing when the registry shows it.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Distribution
 *
 * @throws what may pass by itself.
 */
export async function whyNotPullable(
  docker: Dockerode,
  image: Order['image'],
  login: Credentials | undefined,
): Promise<string | undefined> {
  const name = `${repositoryName(image)}@${image.digest}`;
  try {
    await docker.getImage(name).distribution({ authconfig: registryAuth(image.registry, login) });
    return undefined;
  } catch (error) {
    const said = refusalOf(error)?.message;
    if (said === undefined) throw error;
    // The nodes pull with the login that the service has, which we do not see.
    if (login === undefined && DENIED.test(said)) return undefined;
    const sentence = `Cannot pull "${name}": ${said}`;
    if (isPassing(said)) throw new Error(sentence, { cause: error });
    return sentence;
  }
}
