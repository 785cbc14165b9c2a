import { z } from 'zod';
import { readPayload } from '../deliveries/read-payload.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

const Text = z.string().optional().catch(undefined);
const Package = z
  .object({
    package_version: z.object({
      package_url: Text,
      container_metadata: z
        .object({ tag: z.object({ name: Text, digest: Text }).optional().catch(undefined) })
        .optional()
        .catch(undefined),
    }),
  })
  .optional()
  .catch(undefined);
const Event = z.object({ action: z.string(), package: Package, registry_package: Package });

/**
 * GitHub's events `package` and `registry_package`, which say the same of a push to ghcr.io: one for each tag, and
 * one without a tag for each image of an index. Nothing of packages that are no containers.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#package
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseGithubPackage(body: string): RegistryPush[] {
  const event = readPayload(Event, body, 'package event');
  const version = (event.package ?? event.registry_package)?.package_version;
  const tag = version?.container_metadata?.tag;
  if (!['published', 'updated'].includes(event.action) || tag === undefined) return [];
  // It ends with the tag, or with the colon before it. The owner is written as on GitHub, in names of images in lower case.
  const repository = (version?.package_url ?? '').replace(/:[^/:]*$/, '').toLowerCase();
  return pushed(repository, tag.name, tag.digest);
}
