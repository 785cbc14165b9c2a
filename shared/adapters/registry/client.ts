import type { ImageReference } from '../../domain/names/image-reference.ts';
import type { ImageStore } from '../../ports/image-store.ts';
import type { Registry } from '../../ports/registry.ts';
import { createHttp } from '../http/http.ts';
import { createAuthorizer } from './authorization.ts';
import { getBlob, streamBlob } from './blob-contents.ts';
import { ensureBlob } from './blob-uploads.ts';
import type { CredentialsFor } from './credentials.ts';
import { deleteTag } from './delete-tag.ts';
import type { Insecure } from './endpoints.ts';
import { getManifest, headManifest, putManifest, retagManifest } from './manifests.ts';
import { listTags } from './tags.ts';
import { createSend, type Timeouts } from './transport.ts';

export type RegistryClientOptions = {
  /** Asked once a registry wants to know who calls. */
  readonly credentials: CredentialsFor;
  /** Registries that speak plain HTTP; those on loopback do anyway. */
  readonly insecure?: Insecure;
  readonly userAgent?: string;
  /** By default 30 seconds for an answer and 15 minutes for a blob. */
  readonly timeouts?: Partial<Timeouts>;
};

export type RegistryClient = Registry &
  ImageStore & {
    /** Every tag of the repository, page by page, in the registry's order; none if there is no such repository. */
    tags(repository: ImageReference): AsyncIterable<string>;
  };

/**
 * A client of any registry that speaks the Docker Registry HTTP API v2 or the OCI distribution specification 1.1.
 * A reference without tag and digest means `latest`. Blips are tried up to three times, each request has a
 * deadline, and credentials go nowhere but to the registry and the token server that it names.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md
 */
export function createRegistryClient(options: RegistryClientOptions): RegistryClient {
  const { credentials, insecure = () => false, userAgent = 'headway' } = options;
  const timeouts: Timeouts = { answer: 30_000, transfer: 900_000, ...options.timeouts };
  const http = createHttp({ userAgent });
  const authorizer = createAuthorizer({ http, credentials, insecure, deadline: timeouts.answer });
  const send = createSend({ http, authorizer, insecure, timeouts });
  return {
    head: image => headManifest(send, image),
    retag: ({ registry, repository }, digest, tag, signal) =>
      retagManifest(send, { registry, repository, digest, tag }, signal),
    untag: ({ registry, repository }, tag, signal) => deleteTag(send, { registry, repository, tag }, signal),
    manifest: image => getManifest(send, image),
    putManifest: (image, mediaType, bytes) => putManifest(send, image, { mediaType, bytes }),
    blob: (repository, digest) => getBlob(send, repository, digest),
    content: (repository, digest) => streamBlob(send, repository, digest),
    ensureBlob: (repository, blob, source) => ensureBlob(send, repository, { blob, source }),
    tags: repository => listTags(send, repository),
  };
}
