import type { Digest } from '../../domain/names/digest.ts';
import type { ImageReference } from '../../domain/names/image-reference.ts';
import type { Descriptor } from '../../ports/image-store.ts';
import { RegistryError } from '../../ports/registry-error.ts';
import { discard } from '../http/http.ts';
import { blobName, streamBlob } from './blob-contents.ts';
import { retrying } from './retries.ts';
import { type Send, sentence, targetOf } from './transport.ts';

type Source = { readonly from?: ImageReference; readonly content?: () => AsyncIterable<Uint8Array> };

/** As {@link ImageStore.ensureBlob} promises: asks, mounts, uploads, copies, in this order. */
export async function ensureBlob(
  send: Send,
  repository: ImageReference,
  { blob, source }: { readonly blob: Descriptor; readonly source: Source },
): Promise<void> {
  await retrying(async () => {
    if (await hasBlob(send, repository, blob.digest)) return;
    const upload = await startUpload(send, repository, { digest: blob.digest, from: source.from });
    if (upload !== 'mounted') await finishUpload(send, repository, { blob, source, upload });
  });
}

async function hasBlob(send: Send, repository: ImageReference, digest: Digest): Promise<boolean> {
  const response = await send({
    action: 'look up blob',
    object: blobName(repository, digest),
    repository,
    method: 'HEAD',
    path: `blobs/${digest}`,
    // What follows is a push: one token for both.
    access: 'push',
    expects: [200, 404],
  });
  await discard(response);
  return response.status === 200;
}

/** Where to upload to, unless the blob could be mounted. A refused mount is an ordinary upload, says the specification. */
async function startUpload(
  send: Send,
  repository: ImageReference,
  { digest, from }: { readonly digest: Digest; readonly from: ImageReference | undefined },
): Promise<URL | 'mounted'> {
  const near = from?.registry === repository.registry ? from : undefined;
  const about = { action: 'upload blob', object: blobName(repository, digest) };
  const mount = near && `?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(near.repository)}`;
  const response = await send({
    ...about,
    repository,
    method: 'POST',
    path: `blobs/uploads/${mount ?? ''}`,
    access: 'push',
    from: near,
    headers: { 'Content-Length': '0' },
    expects: near === undefined ? [202] : [201, 202],
  });
  await discard(response);
  return response.status === 201 ? 'mounted' : targetOf(about, response);
}

async function finishUpload(
  send: Send,
  repository: ImageReference,
  { blob, source, upload }: { readonly blob: Descriptor; readonly source: Source; readonly upload: URL },
): Promise<void> {
  const { from } = source;
  const content = source.content ?? (from && (() => streamBlob(send, from, blob.digest)));
  const about = { action: 'upload blob', object: blobName(repository, blob.digest) };
  if (content === undefined) {
    throw new RegistryError(
      `${sentence(about)} it is not there, and neither content nor another repository is given`,
      {
        temporary: false,
      },
    );
  }
  const url = new URL(upload);
  // By hand: the query is the registry's own, and must come back as it was written.
  url.search += `${url.search === '' ? '' : '&'}digest=${encodeURIComponent(blob.digest)}`;
  const response = await send({
    ...about,
    repository,
    method: 'PUT',
    path: url,
    access: 'push',
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': String(blob.size) },
    body: content,
    expects: [201, 204],
    transfer: true,
  });
  await discard(response);
}
