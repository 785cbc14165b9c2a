import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { MANIFEST_TYPES } from '../names/manifest-types.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Text = z.string().optional().catch(undefined);
const Event = z.object({
  action: z.string(),
  target: z.object({ mediaType: Text, repository: Text, tag: Text }).optional().catch(undefined),
  request: z.object({ host: Text }).optional().catch(undefined),
});

/**
 * The `push` event of Azure Container Registry; pushes of charts have another action, its pings have no target.
 * https://learn.microsoft.com/azure/container-registry/container-registry-webhook-reference
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseAcr(body: string): RegistryPush[] {
  const { action, target, request } = readPayload(Event, body, 'Azure Container Registry event');
  if (action !== 'push' || request?.host === undefined || !MANIFEST_TYPES.has(target?.mediaType)) return [];
  return pushed(`${request.host}/${target?.repository ?? ''}`, target?.tag);
}
