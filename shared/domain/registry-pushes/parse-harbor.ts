import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { parseImageReference, repositoryName } from '../names/image-reference.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Text = z.string().optional().catch(undefined);
const Event = z.object({
  type: z.string(),
  event_data: z
    .object({ resources: z.array(z.object({ tag: Text, resource_url: Text })) })
    .optional()
    .catch(undefined),
});

/**
 * Harbor's `PUSH_ARTIFACT` in its format "Default". Of a push without a tag it says the digest twice.
 * https://goharbor.io/docs/latest/working-with-projects/project-configuration/configure-webhooks/
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseHarbor(body: string): RegistryPush[] {
  const { type, event_data } = readPayload(Event, body, 'Harbor event');
  if (type !== 'PUSH_ARTIFACT') return [];
  return (event_data?.resources ?? []).flatMap(({ tag, resource_url = '' }) => {
    // Some versions begin it with the scheme of the server.
    const image = parseImageReference(resource_url.replace(/^https?:\/\//, ''));
    return image === undefined ? [] : pushed(repositoryName(image), tag);
  });
}
