import { formatImageReference, type ImageReference } from '../names/image-reference.ts';
import type { Reference } from './references.ts';

/** An image that manifests name: declared and, as far as a repository of manifests can tell, running. */
export type ListedImage = {
  /** The last part of the repository: manifests have no other name for what follows an image. */
  readonly workload: string;
  readonly image: ImageReference;
  readonly digest?: string;
  readonly updating: false;
  readonly labels: Readonly<Record<string, string>>;
};

/** Each image once for each tag or digest that it is named with, in the order of the names. */
export function listReferences(references: readonly Reference[]): ListedImage[] {
  const images = new Map<string, ImageReference>();
  for (const { image } of references) if (image !== undefined) images.set(formatImageReference(image), image);
  return [...images.values()]
    .map(image => ({
      workload: image.repository.slice(image.repository.lastIndexOf('/') + 1),
      image,
      ...(image.digest !== undefined && { digest: image.digest }),
      updating: false as const,
      labels: {},
    }))
    .sort((a, b) => compare(a.workload, b.workload) || compare(fullName(a), fullName(b)));
}

function fullName({ image }: ListedImage): string {
  return formatImageReference(image);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
