import { z } from 'zod';
import { isManifestType } from '../../../shared/adapters/registry/media-types.ts';
import { Digest } from '../../../shared/domain/names/digest.ts';
import { DOCKER_LIST, OCI_INDEX } from '../../../shared/domain/names/manifest-types.ts';
import { Refusal } from './answers.ts';

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md */
const Descriptor = z.object({
  mediaType: z.string(),
  digest: Digest,
  size: z.int().min(0),
  urls: z.array(z.string()).optional(),
});
/** Go writes an empty list as null. */
const Descriptors = z
  .array(Descriptor)
  .nullable()
  .transform(list => list ?? []);
const Common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  subject: Descriptor.optional(),
  annotations: z.record(z.string(), z.string()).nullish(),
};
const ImageManifest = z.object({ ...Common, config: Descriptor, layers: Descriptors });
const ImageIndex = z.object({ ...Common, manifests: Descriptors });

export type ManifestContents = {
  /** What must be in the repository before it. */
  readonly blobs: readonly z.infer<typeof Descriptor>[];
  readonly children: readonly z.infer<typeof Descriptor>[];
  readonly subject?: Digest | undefined;
  readonly artifactType?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
};

/** What a manifest or index names. @throws {Refusal} when it is not one of the type that it is said to be. */
export function readManifest(bytes: Uint8Array, mediaType: string): ManifestContents {
  if (!isManifestType(mediaType))
    throw invalid(`the media type "${mediaType.slice(0, 100)}" is not supported`);
  const value = parseJson(bytes);
  const isIndex = mediaType === OCI_INDEX || mediaType === DOCKER_LIST;
  const parsed = (isIndex ? ImageIndex : ImageManifest).safeParse(value);
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error).slice(0, 500));
  const manifest = parsed.data;
  if (manifest.mediaType !== undefined && manifest.mediaType !== mediaType) {
    throw invalid(`it says of itself that it is "${manifest.mediaType.slice(0, 100)}", not "${mediaType}"`);
  }
  const subject = manifest.subject?.digest;
  const { artifactType } = manifest;
  const annotations = manifest.annotations ?? undefined;
  if ('manifests' in manifest) {
    return { blobs: [], children: manifest.manifests, subject, artifactType, annotations };
  }
  return {
    // Layers with addresses of their own (base layers that may not be passed on) need not be here.
    blobs: [manifest.config, ...manifest.layers.filter(({ urls = [] }) => urls.length === 0)],
    children: [],
    subject,
    artifactType: artifactType || manifest.config.mediaType,
    annotations,
  };
}

export function invalid(message: string): Refusal {
  return new Refusal(400, 'MANIFEST_INVALID', { message });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('the manifest is not JSON');
  }
}
