import { parseImageReference } from '../../../shared/domain/names/image-reference.ts';
import type { Published } from '../../../shared/domain/plans/change.ts';
import type { TreeImage } from '../../../shared/domain/tree/image-tree.ts';
import type { Registry } from '../../../shared/ports/registry.ts';
import { RegistryError } from '../../../shared/ports/registry-error.ts';

type Question = {
  readonly tag: string;
  readonly registry: Pick<Registry, 'head'>;
  readonly concurrency?: number;
};

/**
 * Which images are there under a tag, by name; those without a repository are left out. Never throws what a
 * registry says: that is `unknown`, and a registry that does not answer is not asked about its other images.
 */
export async function askRegistry(
  images: readonly TreeImage[],
  { tag, registry, concurrency = 8 }: Question,
): Promise<Map<string, Published>> {
  const answers = new Map<string, Published>();
  const silent = new Map<string, string>();
  const waiting = images.values();
  await Promise.all(Array.from({ length: concurrency }, work));
  return answers;

  async function work() {
    for (const { name, repository = '' } of waiting) {
      const reference = parseImageReference(repository);
      if (reference !== undefined) answers.set(name, await ask({ ...reference, tag }));
    }
  }

  async function ask(image: Parameters<Registry['head']>[0]): Promise<Published> {
    const reason = silent.get(image.registry);
    if (reason !== undefined) return { kind: 'unknown', reason };
    try {
      const found = await registry.head(image);
      return found === undefined ? { kind: 'missing' } : { kind: 'there', digests: [found.digest] };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      if (error.temporary) silent.set(image.registry, error.message);
      return { kind: 'unknown', reason: error.message };
    }
  }
}
