import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Push = z.object({
  docker_url: z.string(),
  updated_tags: z
    // Older servers send an object with the tags as its names.
    .union([z.array(z.string()), z.record(z.string(), z.unknown()).transform(Object.keys)])
    .optional(),
});

/**
 * Quay's event "Push to Repository": all tags of a push in one. Its other events have no `updated_tags`.
 * https://docs.quay.io/guides/notifications.html
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseQuay(body: string): RegistryPush[] {
  const { docker_url, updated_tags = [] } = readPayload(Push, body, 'Quay push');
  return updated_tags.flatMap(tag => pushed(docker_url, tag));
}
