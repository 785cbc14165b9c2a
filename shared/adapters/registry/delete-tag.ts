import type { ImageReference } from '../../domain/names/image-reference.ts';
import { discard } from '../http/http.ts';
import { refusal } from './failures.ts';
import { retrying } from './retries.ts';
import { nameOf, type Send } from './transport.ts';

/**
 * Takes a tag away; the manifest that it names stays, so it is never named by its digest here. A registry may be
 * unable to, and answers 400 or 405 then.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#deleting-tags
 */
export async function deleteTag(
  send: Send,
  image: ImageReference & { readonly tag: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  const ask = { action: 'take away tag', object: nameOf(image), repository: image, signal } as const;
  await retrying(async () => {
    const path = `manifests/${image.tag}`;
    const response = await send({
      ...ask,
      method: 'DELETE',
      path,
      access: 'delete',
      expects: [200, 202, 404],
    });
    if (response.status !== 404) return await discard(response);
    const error = await refusal(ask, response);
    // A 404 without a word of the registry's may be a wrong address.
    if (!error.codes.some(code => ABSENT.has(code))) throw error;
  }, signal);
}

const ABSENT = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND']);
