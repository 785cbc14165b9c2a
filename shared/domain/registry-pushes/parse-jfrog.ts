import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Text = z.string().optional().catch(undefined);
const Event = z.object({
  domain: Text,
  event_type: z.string(),
  data: z.object({ repo_key: Text, image_name: Text, tag: Text }),
  jpd_origin: Text,
});

/**
 * The event `pushed` of JFrog's domain `docker`. Without `registry` the image is under the platform's own host and
 * the repository's key, which is JFrog's method "repository path".
 * https://docs.jfrog.com/administration/docs/event-types
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseJfrog(registry: string | undefined, body: string): RegistryPush[] {
  const { domain, event_type, data, jpd_origin = '' } = readPayload(Event, body, 'JFrog event');
  if (event_type !== 'pushed' || (domain ?? 'docker') !== 'docker') return [];
  const place = registry ?? `${URL.parse(jpd_origin)?.host ?? ''}/${data.repo_key ?? ''}`;
  return pushed(`${place}/${data.image_name ?? ''}`, data.tag);
}
