import type { Digest } from '../../shared/domain/names/digest.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX } from '../../shared/domain/names/manifest-types.ts';
import type { Builder, BuildOrder, BuildProgress } from '../../shared/ports/builder.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';
import type { Registry } from '../../shared/ports/registry.ts';

export type Platforms = {
  /** At least one, e.g. `linux/arm64/v8`. */
  readonly platforms: readonly string[];
  readonly registry: Pick<Registry, 'head' | 'untag'> & Pick<ImageStore, 'putManifest'>;
};

/**
 * A builder whose images are each an index of one image a platform, built one after another; whoever pulls gets the
 * one for its machine. What the order has checked is the first of them.
 * https://github.com/opencontainers/image-spec/blob/v1.1.0/image-index.md
 */
export function buildForPlatforms(builder: Builder, { platforms, registry }: Platforms): Builder {
  return {
    ...builder,
    async build(order, progress, signal) {
      const { check, pushed: _, ...plain } = order;
      const children: object[] = [];
      const places: Tagged[] = [];
      let family: string | undefined;
      for (const platform of platforms) {
        progress.output(`For ${platform}`);
        const image = placeFor(order, platform);
        const checked = places.length === 0 && check !== undefined ? { check } : {};
        const one = { ...plain, ...checked, image, platform };
        const { digest } = await builder.build(one, told(progress, platform), signal);
        const { mediaType, size } = await headOf(registry, image, digest);
        family ??= mediaType;
        children.push({ mediaType, digest, size, platform: platformOf(platform) });
        places.push(image);
      }
      // An index lists images of its own family; registries refuse a mixture.
      const mediaType = family === DOCKER_MANIFEST ? DOCKER_LIST : OCI_INDEX;
      const index = JSON.stringify({ schemaVersion: 2, mediaType, manifests: children });
      const digest = await registry.putManifest(order.image, mediaType, Buffer.from(index));
      // The index holds them; not every registry can take a tag away, and one that stays harms nobody.
      for (const place of places) await registry.untag(place, place.tag, signal).catch(() => {});
      return { digest };
    },
  };
}

type Tagged = ImageReference & { readonly tag: string };

function placeFor({ image }: BuildOrder, platform: string): Tagged {
  const { registry, repository, tag = 'latest' } = image;
  return { registry, repository, tag: `${tag}-${platform.replaceAll('/', '-')}` };
}

/** Several platforms have several counts: each is told as a part of the whole. */
function told(progress: BuildProgress, platform: string): BuildProgress {
  return {
    ...progress,
    progress: (step, done, total) => progress.progress(`${step} ${platform}`, done, total),
  };
}

async function headOf(registry: Platforms['registry'], place: Tagged, digest: Digest) {
  const { tag: _, ...repository } = place;
  const found = await registry.head({ ...repository, digest });
  if (found === undefined) throw new Error(`Cannot find ${digest} where it was pushed a moment ago`);
  return found;
}

/** As an index has it. */
function platformOf(text: string) {
  const [os, architecture, variant] = text.split('/');
  return { os, architecture, ...(variant !== undefined && { variant }) };
}
