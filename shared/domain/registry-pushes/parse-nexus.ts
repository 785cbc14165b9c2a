import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Text = z.string().optional().catch(undefined);
const Event = z.object({
  action: z.string(),
  component: z.object({ format: Text, name: Text, version: Text }).optional().catch(undefined),
});

/**
 * The event `rm:repository:component` of Sonatype Nexus Repository. It names neither host nor digest; `registry` is
 * what comes before the name.
 * https://help.sonatype.com/en/example-headers-and-payloads.html
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseNexus(registry: string, body: string): RegistryPush[] {
  const { action, component } = readPayload(Event, body, 'Nexus event');
  if (!['CREATED', 'UPDATED'].includes(action) || component?.format !== 'docker') return [];
  return pushed(`${registry}/${component.name ?? ''}`, component.version);
}
