import { createHash } from 'node:crypto';
import type { Digest } from '../../domain/names/digest.ts';
import { type ImageReference, repositoryName } from '../../domain/names/image-reference.ts';
import { RegistryError } from '../../ports/registry-error.ts';
import { digestOf } from './content-digest.ts';
import { type Doing, documentOf, failure } from './failures.ts';
import { retrying } from './retries.ts';
import { type Send, sentence } from './transport.ts';

/** The whole blob, checked against its digest. For configurations: at most 4 MiB. */
export async function getBlob(send: Send, repository: ImageReference, digest: Digest): Promise<Uint8Array> {
  return await retrying(async () => {
    const response = await send(reading(repository, digest));
    const bytes = await documentOf(reading(repository, digest), response);
    if (digestOf(bytes) !== digest) throw mismatch(reading(repository, digest), digestOf(bytes));
    return bytes;
  });
}

/** The blob as it comes; throws at its end when it does not fit its digest. */
export async function* streamBlob(
  send: Send,
  repository: ImageReference,
  digest: Digest,
): AsyncIterable<Uint8Array> {
  const about = { ...reading(repository, digest), transfer: true };
  const response = await retrying(() => send(about));
  const hash = createHash('sha256');
  try {
    for await (const chunk of response.body ?? []) {
      hash.update(chunk);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw failure(about, error);
  }
  const got = `sha256:${hash.digest('hex')}`;
  if (got !== digest) throw mismatch(about, got);
}

/** `registry/repository@sha256:…` */
export function blobName(repository: ImageReference, digest: Digest): string {
  return `${repositoryName(repository)}@${digest}`;
}

function reading(repository: ImageReference, digest: Digest) {
  return {
    action: 'read blob',
    object: blobName(repository, digest),
    repository,
    method: 'GET',
    path: `blobs/${digest}`,
    access: 'pull',
    expects: [200],
  } as const;
}

function mismatch(about: Doing, digest: Digest): RegistryError {
  return new RegistryError(`${sentence(about)} its digest is ${digest}`, {
    temporary: false,
    codes: ['DIGEST_INVALID'],
  });
}
