import { type Digest, isDigest } from '../../domain/names/digest.ts';
import type { ImageReference } from '../../domain/names/image-reference.ts';
import type { ManifestBytes } from '../../ports/image-store.ts';
import type { Manifest } from '../../ports/registry.ts';
import { RegistryError } from '../../ports/registry-error.ts';
import { discard, type Response } from '../http/http.ts';
import { digestOf } from './content-digest.ts';
import { documentOf, refusal } from './failures.ts';
import { ACCEPT_MANIFESTS, isManifestType, mediaTypeOf } from './media-types.ts';
import { retrying } from './retries.ts';
import { type Ask, nameOf, type Send, sentence } from './transport.ts';

type Reading = { readonly access?: Ask['access']; readonly signal?: AbortSignal | undefined };
type Put = {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly signal?: AbortSignal | undefined;
};

/** How registries say "not there"; Harbor has a word of its own. A 404 from anything else may be a wrong address. */
const ABSENT = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND']);

/** What the tag or digest names now. HEAD, and GET where the answer to HEAD does not say it all. */
export async function headManifest(send: Send, image: ImageReference): Promise<Manifest | undefined> {
  const ask = lookUp(image, 'HEAD', {});
  const response = await retrying(() => send({ ...ask, expects: [200, 404, 405] }));
  await discard(response);
  const said = response.status === 200 ? describe(response, image) : undefined;
  if (said !== undefined) return said;
  const found = await getManifest(send, image);
  return found && { digest: found.digest, mediaType: found.mediaType, size: found.bytes.length };
}

/** The manifest with its exact bytes; `undefined` only if the registry says that it is not there. */
export async function getManifest(
  send: Send,
  image: ImageReference,
  reading: Reading = {},
): Promise<ManifestBytes | undefined> {
  const ask = lookUp(image, 'GET', reading);
  return await retrying(async () => {
    const response = await send({ ...ask, expects: [200, 404] });
    if (response.status === 404) {
      const error = await refusal(ask, response);
      if (error.codes.some(code => ABSENT.has(code))) return undefined;
      throw error;
    }
    const bytes = await documentOf(ask, response);
    const digest = digestOf(bytes);
    const said = describe(response, image)?.digest ?? image.digest ?? digest;
    if (said !== digest) throw mismatch(image, digest, said);
    return { digest, mediaType: mediaTypeOf(response.headers.get('content-type')), bytes };
  }, reading.signal);
}

/** Stores the bytes under the tag, or under their digest where the reference has no tag. */
export async function putManifest(send: Send, image: ImageReference, put: Put): Promise<Digest> {
  const { registry, repository } = image;
  const digest = digestOf(put.bytes);
  if (image.digest !== undefined && image.digest !== digest) throw mismatch(image, digest, image.digest);
  const response = await retrying(
    () =>
      send({
        action: 'store manifest',
        object: nameOf(
          image.tag === undefined ? { ...image, digest } : { registry, repository, tag: image.tag },
        ),
        repository: image,
        method: 'PUT',
        path: `manifests/${image.tag ?? digest}`,
        access: 'push',
        headers: { 'Content-Type': put.mediaType },
        body: put.bytes,
        expects: [200, 201, 202],
        signal: put.signal,
      }),
    put.signal,
  );
  await discard(response);
  const stored = response.headers.get('docker-content-digest') ?? (await headManifest(send, image))?.digest;
  if (stored !== digest) throw mismatch(image, stored ?? 'nothing', digest);
  return digest;
}

/** Two requests: the manifest by its digest, and its bytes again under the tag. */
export async function retagManifest(
  send: Send,
  image: ImageReference & { readonly digest: Digest; readonly tag: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { digest, tag, registry, repository } = image;
  const found = await getManifest(send, { registry, repository, digest }, { access: 'push', signal });
  if (found === undefined) {
    const message = `Cannot move tag "${nameOf({ registry, repository, tag })}": ${digest} is not in the repository`;
    throw new RegistryError(`${message}; push it first`, {
      temporary: false,
      status: 404,
      codes: ['MANIFEST_UNKNOWN'],
    });
  }
  await putManifest(send, { registry, repository, tag }, { ...found, signal });
}

function lookUp(image: ImageReference, method: 'GET' | 'HEAD', { access = 'pull', signal }: Reading) {
  return {
    action: 'look up',
    object: nameOf(image),
    repository: image,
    method,
    path: `manifests/${image.digest ?? image.tag ?? 'latest'}`,
    access,
    headers: { Accept: ACCEPT_MANIFESTS },
    signal,
  } as const;
}

/**
 * What the headers say; nothing if they do not say it all.
 * A digest of something that is not understood (a converted schema 1 manifest, an error page) is not the image's.
 */
function describe(response: Response, image: ImageReference): Manifest | undefined {
  const mediaType = mediaTypeOf(response.headers.get('content-type'));
  const about = { action: 'look up', object: nameOf(image) };
  if (!isManifestType(mediaType)) {
    throw new RegistryError(
      `${sentence(about)} the registry answered "${mediaType}", which is not an image manifest`,
      {
        temporary: false,
        status: response.status,
      },
    );
  }
  const digest = response.headers.get('docker-content-digest');
  const length = response.headers.get('content-length');
  if (digest === null || length === null || !/^\d+$/.test(length)) return undefined;
  if (!isDigest(digest)) throw mismatch(image, digest, 'a sha256 digest');
  if (image.digest !== undefined && image.digest !== digest) throw mismatch(image, digest, image.digest);
  const remaining = /^\d+/.exec(response.headers.get('ratelimit-remaining') ?? '')?.[0];
  return {
    digest,
    mediaType,
    size: Number(length),
    ...(remaining !== undefined && { remaining: Number(remaining) }),
  };
}

function mismatch(image: ImageReference, got: string, expected: string): RegistryError {
  const about = { action: 'trust manifest', object: nameOf(image) };
  return new RegistryError(`${sentence(about)} its digest is ${got.slice(0, 100)}, expected ${expected}`, {
    temporary: false,
    codes: ['DIGEST_INVALID'],
  });
}
