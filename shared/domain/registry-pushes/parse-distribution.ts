import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { MANIFEST_TYPES } from '../names/manifest-types.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Text = z.string().optional().catch(undefined);
const Envelope = z.object({
  events: z.array(
    z.object({
      action: z.string(),
      target: z
        .object({ mediaType: Text, repository: Text, tag: Text, url: Text })
        .optional()
        .catch(undefined),
      request: z.object({ host: Text }).optional().catch(undefined),
    }),
  ),
});
type Event = z.infer<typeof Envelope>['events'][number];

/**
 * The envelope of the Distribution registry, which GitLab's registry sends too.
 * https://distribution.github.io/distribution/about/notifications/
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseDistribution(body: string): RegistryPush[] {
  return readPayload(Envelope, body, 'notification envelope').events.flatMap(taggedPush);
}

function taggedPush({ action, target, request }: Event): RegistryPush[] {
  if (action !== 'push' || target?.repository === undefined) return [];
  if (!MANIFEST_TYPES.has(target.mediaType)) return [];
  // The URL follows the registry's own idea of its address; the host is what the client happened to use.
  const host = URL.parse(target.url ?? '')?.host || request?.host;
  if (host === undefined) return [];
  return pushed(`${host}/${target.repository}`, target.tag).filter(
    ({ image }) => image.repository === target.repository,
  );
}
