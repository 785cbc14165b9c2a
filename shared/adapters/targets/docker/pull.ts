import { PullRefusal, pullImage } from '../../docker/pull.ts';
import { DeployFailure } from './deploy-failure.ts';

/**
 * Makes sure that the engine has exactly this image, or one of this tag where there is no digest.
 *
 * @throws {DeployFailure} when the registry does not have it, or will not give it to us.
 */
export async function pull(...asked: Parameters<typeof pullImage>): Promise<void> {
  try {
    await pullImage(...asked);
  } catch (error) {
    throw error instanceof PullRefusal ? new DeployFailure(error.message, { cause: error }) : error;
  }
}
