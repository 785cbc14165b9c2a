import { createHash } from 'node:crypto';
import { type ImageReference, repositoryName } from '../../../shared/domain/names/image-reference.ts';
import type { ImageStore } from '../../../shared/ports/image-store.ts';
import type { Registry } from '../../../shared/ports/registry.ts';
import { RegistryError } from '../../../shared/ports/registry-error.ts';

export type MemoryRegistry = Registry &
  Pick<ImageStore, 'manifest' | 'putManifest'> & {
    push(image: ImageReference & { tag: string }, digest: string): void;
    /** What every tag points to. */
    tags(): Record<string, string>;
    /** As if somebody had deleted what was pushed. */
    forget(digest: string): void;
    restore(tags: Readonly<Record<string, string>>): void;
    /** Told of each tag that headway moves. */
    onRetag: (name: string, from: string | undefined, to: string) => void;
  };

/** The digest that an image built of these words has. */
export function digestOf(...words: readonly string[]): string {
  return `sha256:${createHash('sha256').update(words.join('\n')).digest('hex')}`;
}

/** A registry that keeps only what its tags point to; every digest that was ever pushed is there. */
export function createMemoryRegistry(): MemoryRegistry {
  let tags = new Map<string, string>();
  const digests = new Set<string>();
  const registry: MemoryRegistry = {
    onRetag: () => {},
    push(image, digest) {
      digests.add(`${repositoryName(image)}@${digest}`);
      tags.set(`${repositoryName(image)}:${image.tag}`, digest);
    },
    tags: () => Object.fromEntries([...tags].sort()),
    forget(digest) {
      for (const name of digests) if (name.endsWith(`@${digest}`)) digests.delete(name);
    },
    restore(kept) {
      tags = new Map(Object.entries(kept));
    },
    async head(image) {
      const name = repositoryName(image);
      const known =
        image.digest !== undefined && digests.has(`${name}@${image.digest}`) ? image.digest : undefined;
      const digest = image.digest === undefined ? tags.get(`${name}:${image.tag ?? 'latest'}`) : known;
      return digest === undefined
        ? undefined
        : { digest, mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 1 };
    },
    async retag(repository, digest, tag) {
      const name = `${repositoryName(repository)}:${tag}`;
      if (!digests.has(`${repositoryName(repository)}@${digest}`))
        throw new RegistryError(`Cannot find ${digest} in ${name}`, { temporary: false });
      registry.onRetag(name, tags.get(name), digest);
      tags.set(name, digest);
    },
    manifest: async () => undefined,
    async putManifest(image, _mediaType, bytes) {
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
      registry.push({ ...image, tag: image.tag ?? 'latest' }, digest);
      return digest;
    },
    async untag(repository, tag) {
      tags.delete(`${repositoryName(repository)}:${tag}`);
    },
  };
  return registry;
}
