import { matchesGlob } from 'node:path/posix';
import type { DeployedImage } from '../../../domain/manifests/deploy-message.ts';
import type { WrittenBefore } from '../../../domain/manifests/judge-reference.ts';
import { type Rewritten, rewriteReferences } from '../../../domain/manifests/rewrite.ts';
import { repositoryName } from '../../../domain/names/image-reference.ts';
import type { Order } from '../../../ports/target.ts';
import type { ManifestFile } from './manifest-tree.ts';

/** An order with the patterns of the files that it may change. */
export type FilesOrder = {
  readonly order: Pick<Order, 'name' | 'image' | 'commit'>;
  readonly files: readonly string[];
};
export type Judged = Rewritten['judged'][number] & { readonly path: string };
export type Edits<O> = {
  readonly changed: readonly Pick<ManifestFile, 'path' | 'mode' | 'text'>[];
  /** What became of each reference that an order is about. */
  readonly judged: ReadonlyMap<O, readonly Judged[]>;
};

/** Carries out all orders at once. No two of them may want different digests of one repository. */
export function editManifests<O extends FilesOrder>(
  manifests: readonly ManifestFile[],
  { orders, written }: { readonly orders: readonly O[]; readonly written: WrittenBefore },
): Edits<O> {
  const judged = new Map(orders.map(order => [order, [] as Judged[]]));
  const changed = manifests.flatMap(manifest => {
    const { path, mode, text } = manifest;
    const concerned = orders.filter(({ files }) => matchesSome(path, files));
    const wanted = new Map(
      concerned.map(({ order }) => [repositoryName(order.image), order.image.digest] as const),
    );
    const references = manifest.references(new Set(wanted.keys()));
    if (references.length === 0) return [];
    const rewritten = rewriteReferences(text, { references, wanted, written });
    for (const each of concerned) {
      const repository = repositoryName(each.order.image);
      const own = rewritten.judged.filter(reference => reference.repository === repository);
      judged.get(each)?.push(...own.map(reference => ({ ...reference, path })));
    }
    return rewritten.text === text ? [] : [{ path, mode, text: rewritten.text }];
  });
  return { changed, judged };
}

/** Whether one of the patterns matches; what begins with a dot is only matched by a pattern that says so. */
export function matchesSome(path: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => matchesGlob(path, pattern));
}

/** What the commit's message says of an order, if it changes anything. */
export function deployedImage([{ order }, references]: [FilesOrder, readonly Judged[]]): DeployedImage[] {
  if (!isRewritten(references)) return [];
  const { name, image, commit } = order;
  return [{ service: name, repository: repositoryName(image), digest: image.digest, commit }];
}

export function isRewritten(references: readonly Judged[]): boolean {
  return references.some(({ verdict }) => verdict.kind === 'rewrite');
}
