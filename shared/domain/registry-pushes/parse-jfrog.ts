import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Text = z.string().optional().catch(undefined);
const Image = z.object({ repo_key: Text, image_name: Text, tag: Text });
const Event = z.object({
  ...Image.shape,
  domain: Text,
  event_type: z.string(),
  data: Image.optional(),
  jpd_origin: Text,
});

/**
 * The event `pushed` of JFrog's domain `docker`. Without `registry` the image is under the platform's own host and
 * the repository's key, which is JFrog's method "repository path". Older platforms send the image without an envelope
 * and without the host.
 * https://docs.jfrog.com/administration/docs/event-types
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseJfrog(registry: string | undefined, body: string): RegistryPush[] {
  const event = readPayload(Event, body, 'JFrog event');
  const { domain = 'docker', event_type, jpd_origin = '' } = event;
  if (event_type !== 'pushed' || domain !== 'docker') return [];
  const { repo_key = '', image_name = '', tag } = event.data ?? event;
  const host = URL.parse(jpd_origin)?.host ?? '';
  return registry === undefined && host === ''
    ? []
    : pushed(`${registry ?? `${host}/${repo_key}`}/${image_name}`, tag);
}
