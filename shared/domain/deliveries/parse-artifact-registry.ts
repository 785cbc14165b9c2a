import { z } from 'zod';
import { parseImageReference, sameRepository } from '../names/image-reference.ts';
import type { RegistryPush } from '../registry-pushes/registry-push.ts';
import { readPayload } from './read-payload.ts';

const Text = z.string().optional().catch(undefined);
const Change = z.object({ action: z.enum(['INSERT', 'DELETE']), digest: Text, tag: Text });

/**
 * The tag that Artifact Registry (or Container Registry before it) says was pushed, from a message on its topic
 * `gcr`; none when it tells of a deletion, or of an image that came without a tag. Both names are whole references:
 * `HOST/PROJECT/REPOSITORY/IMAGE@sha256:…` and `HOST/PROJECT/REPOSITORY/IMAGE:TAG`.
 * https://cloud.google.com/artifact-registry/docs/configure-notifications#examples
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseArtifactRegistry(body: string): RegistryPush[] {
  const { action, digest, tag } = readPayload(Change, body, 'registry notification');
  const image = tag === undefined || action !== 'INSERT' ? undefined : parseImageReference(tag);
  // The topic tells of everything in the project, also under names that headway cannot have.
  if (image?.tag === undefined) return [];
  const { registry, repository, tag: name } = image;
  const pushed = digest === undefined ? undefined : parseImageReference(digest);
  const known = pushed?.digest !== undefined && sameRepository(pushed, image) ? pushed.digest : undefined;
  return [{ image: { registry, repository, tag: name }, ...(known !== undefined && { digest: known }) }];
}
