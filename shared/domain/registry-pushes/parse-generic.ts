import type { GenericHook } from '../configuration/hooks.ts';
import { parseJson } from '../deliveries/read-payload.ts';
import { parseImageReference, repositoryName } from '../names/image-reference.ts';
import { readPointer } from './read-pointer.ts';
import { pushed, type RegistryPush } from './registry-push.ts';

/**
 * What the hook's template finds. Nothing where the payload is not what `when` asks for, or has no repository or no
 * tag where the template looks. The digest only of a sender that signs and names a single tag.
 *
 * @throws {PermanentError} when the body is not JSON.
 */
export function parseGeneric(hook: GenericHook, body: string): RegistryPush[] {
  const payload = parseJson(body, 'payload');
  const isMeant = Object.entries(hook.when).every(([at, text]) => readPointer(payload, at).includes(text));
  const [found] = readPointer(payload, hook.repository);
  if (!isMeant || found === undefined) return [];
  const image = parseImageReference(hook.registry === undefined ? found : `${hook.registry}/${found}`);
  if (image === undefined) return [];
  const tags = hook.tag === undefined ? [image.tag] : readPointer(payload, hook.tag);
  const digests = hook.digest === undefined ? [image.digest] : readPointer(payload, hook.digest);
  const digest = hook.signature !== undefined && tags.length === 1 ? digests[0] : undefined;
  return tags.flatMap(tag => pushed(repositoryName(image), tag, digest));
}
