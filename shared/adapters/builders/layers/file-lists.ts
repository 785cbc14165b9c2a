import type { Digest } from '../../../domain/names/digest.ts';
import type { ImageReference } from '../../../domain/names/image-reference.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import type { BaseLayer } from './base-image.ts';
import { type LayerChange, readLayer, stackLayers } from './layer-files.ts';
import type { Tree } from './tree.ts';

export type ReadImage = {
  readonly image: ImageReference;
  readonly layers: readonly BaseLayer[];
  readonly signal: AbortSignal;
};

/** The files of an image. Its layers are read once for their list of files, which is kept, by digest. */
export type ListFiles = (read: ReadImage) => Promise<Tree>;

/** @param most How many entries are kept, in all layers together; the lists that were not asked for longest go first. */
export function createFileLists(store: ImageStore, most = 500_000): ListFiles {
  const lists = new Map<Digest, readonly LayerChange[]>();

  async function listOf(
    { image, signal }: ReadImage,
    { descriptor }: BaseLayer,
  ): Promise<readonly LayerChange[]> {
    const { digest } = descriptor;
    const list = lists.get(digest) ?? (await readLayer(store, { image, layer: descriptor, signal }));
    lists.delete(digest);
    lists.set(digest, list);
    let kept = [...lists.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [oldest, { length }] of lists) {
      if (kept <= most || oldest === digest) break;
      lists.delete(oldest);
      kept -= length;
    }
    return list;
  }

  return async read => {
    const layers: (readonly LayerChange[])[] = [];
    for (const layer of read.layers) layers.push(await listOf(read, layer));
    return stackLayers(layers);
  };
}
