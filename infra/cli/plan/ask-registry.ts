import type { Bases } from '../../../shared/domain/builds/image-labels.ts';
import { type ImageReference, parseImageReference } from '../../../shared/domain/names/image-reference.ts';
import type { Published } from '../../../shared/domain/plans/change.ts';
import type { TreeImage } from '../../../shared/domain/tree/image-tree.ts';
import type { Registry } from '../../../shared/ports/registry.ts';
import { RegistryError } from '../../../shared/ports/registry-error.ts';

export type Question = {
  readonly tag: string;
  readonly registry: Pick<Registry, 'head'>;
  /** The exact images that an image says it was built from. */
  readonly bases?: ((image: ImageReference) => Promise<Bases>) | undefined;
  readonly concurrency?: number;
};

/**
 * Which images are there under a tag, by name; those without a repository are left out. Never throws what a
 * registry says: that is `unknown`, and a registry that does not answer is not asked about its other images.
 */
export async function askRegistry(
  images: readonly TreeImage[],
  { tag, registry, bases, concurrency = 8 }: Question,
): Promise<Map<string, Published>> {
  const answers = new Map<string, Published>();
  const silent = new Map<string, string>();
  const waiting = images.values();
  await Promise.all(Array.from({ length: concurrency }, work));
  return answers;

  async function work() {
    for (const image of waiting) {
      const reference = parseImageReference(image.repository ?? '');
      if (reference !== undefined) answers.set(image.name, await ask({ ...reference, tag }, image));
    }
  }

  async function ask(reference: ImageReference, { parents }: TreeImage): Promise<Published> {
    const reason = silent.get(reference.registry);
    if (reason !== undefined) return { kind: 'unknown', reason };
    try {
      const found = await registry.head(reference);
      if (found === undefined) return { kind: 'missing' };
      const builtOn = await parentsOf({ ...reference, digest: found.digest }, parents);
      return { kind: 'there', digests: [found.digest], builtOn };
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      if (error.temporary) silent.set(reference.registry, error.message);
      return { kind: 'unknown', reason: error.message };
    }
  }

  /** Not to know what an image stands on says nothing of the image. */
  async function parentsOf(image: ImageReference, [parent]: readonly string[]) {
    if (parent === undefined || bases === undefined) return {};
    const found = await bases(image).catch(() => undefined);
    return { ...found?.further, ...(found?.first !== undefined && { [parent]: found.first }) };
  }
}
