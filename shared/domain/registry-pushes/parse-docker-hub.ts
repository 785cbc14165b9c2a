import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { isTag } from '../names/image-reference.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Push = z.object({
  push_data: z.object({ tag: z.string().refine(isTag, 'expected an image tag') }),
  repository: z.object({
    repo_name: z
      .string()
      .refine(
        name => pushed(`docker.io/${name}`, 'any').length === 1,
        'expected a Docker Hub repository, such as acme/web',
      ),
  }),
});

/**
 * A push to Docker Hub, of an image that `registry` (`docker.io`, or what caches Docker Hub) has under the same name.
 * https://docs.docker.com/docker-hub/repos/manage/webhooks/
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseDockerHub(registry: string, body: string): RegistryPush[] {
  const { repository, push_data } = readPayload(Push, body, 'Docker Hub push');
  return pushed(`${registry}/${repository.repo_name}`, push_data.tag);
}
