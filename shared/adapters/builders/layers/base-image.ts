import { z } from 'zod';
import { Digest } from '../../../domain/names/digest.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '../../../domain/names/image-reference.ts';
import type { Descriptor, ImageStore, ManifestBytes } from '../../../ports/image-store.ts';
import { ImageConfiguration } from './image-configuration.ts';
import { type Family, familyOf, isIndex } from './image-format.ts';
import { formatPlatform, type Platform, suits } from './platform.ts';
import { StepRefused } from './refusals.ts';

export type BaseLayer = { readonly descriptor: Descriptor; readonly diffId: Digest };
export type BaseImage = {
  /** By the digest of the one image, also where an index was named. */
  readonly reference: ImageReference;
  readonly family: Family;
  readonly configuration: ImageConfiguration;
  readonly layers: readonly BaseLayer[];
};

const Content = z.looseObject({ mediaType: z.string(), digest: Digest, size: z.int().min(0) });
const Index = z.looseObject({
  manifests: z.array(
    z.looseObject({
      digest: Digest,
      platform: z
        .looseObject({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
        .optional(),
    }),
  ),
});
const Manifest = z.looseObject({ config: Content, layers: z.array(Content) });

/**
 * The image that a name stands for, on a platform; layers are named, not read.
 *
 * @throws {StepRefused} when it is not there, not for this platform, or not an image that can be built upon.
 */
export async function findBaseImage(
  store: ImageStore,
  wanted: { readonly name: string; readonly platform: Platform; readonly isPlatformAsked: boolean },
): Promise<BaseImage> {
  const { name, platform, isPlatformAsked } = wanted;
  const named = parseImageReference(name);
  if (named === undefined)
    throw new StepRefused(`${JSON.stringify(name)} is neither an image nor an earlier stage`);
  const { tag, digest, ...repository } = named;
  // A digest says more than a tag beside it.
  const reference =
    digest === undefined ? { ...repository, tag: tag ?? 'latest' } : { ...repository, digest };
  const found = await store.manifest(reference);
  if (found === undefined) throw absent(reference);
  const manifest = isIndex(found.mediaType) ? await fromIndex(store, { found, reference, platform }) : found;
  const family = familyOf(manifest.mediaType);
  if (family === undefined)
    throw unusable(reference, `its media type is ${JSON.stringify(manifest.mediaType)}`);
  const { config, layers } = parse(Manifest, manifest.bytes, reference);
  const exact = { ...repository, digest: manifest.digest };
  const configuration = parse(ImageConfiguration, await store.blob(exact, config.digest), reference);
  const diffIds = configuration.rootfs.diff_ids ?? [];
  if (diffIds.length !== layers.length)
    throw unusable(reference, 'its manifest and configuration name different layers');
  const { os, architecture, variant } = configuration;
  if (os === 'windows') throw unusable(reference, 'Windows images are not supported');
  const is = { os, architecture, ...(variant && { variant }) };
  if (isPlatformAsked && !suits(is, platform)) throw otherPlatform(reference, platform, [is]);
  return {
    reference: exact,
    family,
    configuration,
    layers: layers.map(({ mediaType, digest: of, size }, index) => ({
      descriptor: { mediaType, digest: of, size },
      diffId: diffIds[index] ?? of,
    })),
  };
}

async function fromIndex(
  store: ImageStore,
  index: { readonly found: ManifestBytes; readonly reference: ImageReference; readonly platform: Platform },
): Promise<ManifestBytes> {
  const { found, reference, platform } = index;
  const children = parse(Index, found.bytes, reference).manifests.flatMap(child => {
    const { os, architecture, variant } = child.platform ?? { os: 'unknown', architecture: 'unknown' };
    return os === 'unknown'
      ? []
      : [{ digest: child.digest, os, architecture, ...(variant !== undefined && { variant }) }];
  });
  const child = children.find(is => suits(is, platform));
  if (child === undefined) throw otherPlatform(reference, platform, children);
  const { registry, repository } = reference;
  const manifest = await store.manifest({ registry, repository, digest: child.digest });
  if (manifest === undefined) throw absent({ registry, repository, digest: child.digest });
  return manifest;
}

function parse<T>(schema: z.ZodType<T>, bytes: Uint8Array, reference: ImageReference): T {
  try {
    const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw unusable(reference, `${issue?.path.join('.')}: ${issue?.message}`);
  } catch (error) {
    if (error instanceof SyntaxError) throw unusable(reference, 'it is not JSON');
    throw error;
  }
}

function absent(reference: ImageReference): StepRefused {
  return new StepRefused(
    `image ${JSON.stringify(formatImageReference(reference))} is not in its registry; push it there, or correct its name`,
  );
}

function unusable(reference: ImageReference, why: string): StepRefused {
  return new StepRefused(`cannot use image ${JSON.stringify(formatImageReference(reference))}: ${why}`);
}

function otherPlatform(reference: ImageReference, asked: Platform, there: readonly Platform[]): StepRefused {
  const names = [...new Set(there.map(formatPlatform))].join(', ');
  return new StepRefused(
    `image ${JSON.stringify(formatImageReference(reference))} is not there for ${formatPlatform(asked)}, only for ${names || 'no platform'}`,
  );
}
