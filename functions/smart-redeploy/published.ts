import type { Published } from '../../shared/domain/drift/judge-drift.ts';
import { isDigest } from '../../shared/domain/names/digest.ts';
import { formatImageReference, type ImageReference } from '../../shared/domain/names/image-reference.ts';
import { INDEX_TYPES } from '../../shared/domain/names/manifest-types.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import { RegistryError } from '../../shared/ports/registry-error.ts';

type Options = {
  readonly registry: Pick<Registry, 'head'> & Pick<ImageStore, 'manifest'>;
  readonly clock: Clock;
  /** How many requests are under way at once. */
  readonly atOnce: number;
};

export type PublishedImages = {
  /** What the registry has; each reference is asked for once, however many services share it. */
  of(image: ImageReference): Promise<Published>;
  /** Whether one of these is, or has, the digest of a platform: asked for once, only where that matters. */
  platformsOf(image: ImageReference, published: Published): Promise<Published>;
  lookups(): number;
};

/** A host that says nothing of how long to wait is left alone for the rest of the survey. */
const WITHOUT_WORD_MS = 60_000;

/**
 * Looks published digests up within each registry's budget: a host that answers 429, or that has answered with
 * `RateLimit-Remaining: 0`, is asked nothing more until it may be (https://docs.docker.com/docker-hub/usage/pulls/).
 */
export function createPublishedImages({ registry, clock, atOnce }: Options): PublishedImages {
  const known = new Map<string, Promise<Published>>();
  const whole = new Map<string, Promise<Published>>();
  const quiet = new Map<string, number>();
  const places = createPlaces(atOnce);
  let lookups = 0;

  return {
    of: image => once(known, formatImageReference(image), () => within(image, () => look(image))),
    async platformsOf(image, published) {
      if (!('digest' in published)) return published;
      return once(whole, formatImageReference(image), () =>
        within(image, async () => {
          lookups += 1;
          const found = await registry.manifest({
            registry: image.registry,
            repository: image.repository,
            digest: published.digest,
          });
          return { ...published, platforms: found === undefined ? [] : digestsIn(found) };
        }),
      );
    },
    lookups: () => lookups,
  };

  async function look(image: ImageReference): Promise<Published> {
    lookups += 1;
    const found = await registry.head(image);
    if (found?.remaining !== undefined && found.remaining <= 0) rest(image, WITHOUT_WORD_MS);
    return found === undefined
      ? { problem: `"${formatImageReference(image)}" is not in its registry` }
      : { digest: found.digest, platforms: [] };
  }

  async function within(image: ImageReference, ask: () => Promise<Published>): Promise<Published> {
    const leave = await places.enter();
    try {
      const until = quiet.get(image.registry) ?? 0;
      if (until > clock.now()) {
        return { problem: `${image.registry} asks to wait until ${new Date(until).toISOString()}` };
      }
      return await ask();
    } catch (error) {
      if (error instanceof RegistryError && error.status === 429) rest(image, error.retryAfter);
      return { problem: error instanceof Error ? error.message : String(error) };
    } finally {
      leave();
    }
  }

  function rest({ registry: host }: ImageReference, wait = WITHOUT_WORD_MS): void {
    quiet.set(host, Math.max(quiet.get(host) ?? 0, clock.now() + wait));
  }
}

function digestsIn({ mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array }) {
  if (!INDEX_TYPES.has(mediaType)) return [];
  const index: { manifests?: readonly { digest?: unknown }[] } = JSON.parse(new TextDecoder().decode(bytes));
  return (index.manifests ?? []).flatMap(({ digest }) =>
    typeof digest === 'string' && isDigest(digest) ? [digest] : [],
  );
}

function once<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const made = kept.get(key) ?? make();
  kept.set(key, made);
  return made;
}

/** So many at once; the others wait their turn. */
function createPlaces(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async enter(): Promise<() => void> {
      if (free > 0) free -= 1;
      else await new Promise<void>(resolve => waiting.push(resolve));
      return leave;
    },
  };
}
