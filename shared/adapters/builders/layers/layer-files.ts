import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { z } from 'zod';
import type { ImageReference } from '../../../domain/names/image-reference.ts';
import type { Descriptor, ImageStore } from '../../../ports/image-store.ts';
import { asNodeStream } from './node-stream.ts';
import { ancestorsOf, FOLDER, type Node, type Tree, toTreePath } from './tree.ts';

/** One thing that a layer says: what a path is, that it is gone, or that what was in a folder is. */
export type LayerChange =
  | { readonly kind: 'set'; readonly path: string; readonly node: Node | { readonly sameAs: string } }
  | { readonly kind: 'removed'; readonly path: string }
  | { readonly kind: 'emptied'; readonly path: string };

type Opened = { readonly image: ImageReference; readonly layer: Descriptor; readonly signal: AbortSignal };
/** Called for every entry in turn; the body is drained where the visitor did not read it. */
type Visitor = (header: Header, body: AsyncIterable<Uint8Array>) => Promise<void> | void;

/** Reads a layer's archive as it comes; nothing of it is kept. */
export async function visitLayer(store: ImageStore, opened: Opened, visit: Visitor): Promise<void> {
  const { image, layer, signal } = opened;
  const archive = extract();
  const reading = (async () => {
    for await (const entry of archive) {
      await visit(entry.header, asNodeStream(entry));
      entry.resume();
    }
  })();
  const content = Readable.from(store.content(image, layer.digest), { objectMode: false });
  const feeding = pipeline([content, ...decompression(layer), asNodeStream(archive)], { signal });
  // Both have ended before either error is thrown: nothing goes on in the background.
  const [read, fed] = await Promise.allSettled([reading, feeding]);
  signal.throwIfAborted();
  if (read.status === 'rejected') throw read.reason;
  if (fed.status === 'rejected') throw fed.reason;
}

/** What a layer changes. https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md */
export async function readLayer(store: ImageStore, opened: Opened): Promise<LayerChange[]> {
  const changes: LayerChange[] = [];
  await visitLayer(store, opened, header => {
    const path = toTreePath(header.name);
    const [, folder = '', gone] = /^(?:(.*)\/)?\.wh\.([^/]+)$/.exec(path) ?? [];
    if (gone === '.wh..opq') changes.push({ kind: 'emptied', path: folder });
    else if (gone !== undefined) changes.push({ kind: 'removed', path: toTreePath(`${folder}/${gone}`) });
    else if (path !== '') changes.push({ kind: 'set', path, node: nodeOf(header, path, opened) });
  });
  return changes;
}

/** Pure: a tree after layers, from the lowest to the highest. */
export function stackLayers(layers: readonly (readonly LayerChange[])[]): Tree {
  const tree = new Map<string, Node>();
  for (const changes of layers) {
    // What a layer removes is always of the layers below it, wherever it says so.
    for (const change of changes) if (change.kind !== 'set') remove(tree, change);
    for (const change of changes) if (change.kind === 'set') set(tree, change);
  }
  return tree;
}

function remove(tree: Map<string, Node>, { kind, path }: LayerChange): void {
  if (kind === 'removed') tree.delete(path);
  removeBelow(tree, path);
}

function set(tree: Map<string, Node>, { path, node: said }: Extract<LayerChange, { kind: 'set' }>): void {
  const node = 'sameAs' in said ? tree.get(said.sameAs) : said;
  if (node === undefined) return;
  if (node.kind !== 'directory' && tree.get(path)?.kind === 'directory') removeBelow(tree, path);
  // Not every archive names the folders above its files.
  for (const above of ancestorsOf(path)) if (!tree.has(above)) tree.set(above, FOLDER);
  tree.set(path, node);
}

function removeBelow(tree: Map<string, Node>, folder: string): void {
  for (const path of tree.keys()) if (folder === '' || path.startsWith(`${folder}/`)) tree.delete(path);
}

function nodeOf(header: Header, path: string, { image, layer }: Opened): Node | { sameAs: string } {
  const { type, mode, size, linkname } = header;
  const owner = { uid: ownerId(header, 'uid'), gid: ownerId(header, 'gid') };
  switch (type) {
    case 'directory':
      return { kind: 'directory', mode, ...owner };
    case 'symlink':
      return { kind: 'symlink', target: linkname ?? '', ...owner };
    case 'link':
      return { sameAs: toTreePath(linkname ?? '') };
    case 'file':
    case 'contiguous-file':
      return { kind: 'file', mode, size, content: { in: 'layer', image, layer, path }, ...owner };
    default:
      return { kind: 'special' };
  }
}

/** Large ids are in the extended header, which the reader leaves to its caller. */
function ownerId({ pax, ...header }: Header, name: 'uid' | 'gid'): number {
  const extended = z.object({ [name]: z.coerce.number().int().min(0) }).safeParse(pax);
  return extended.data?.[name] ?? header[name];
}

function decompression({ mediaType }: Descriptor): NodeJS.ReadWriteStream[] {
  if (mediaType.endsWith('gzip')) return [createGunzip()];
  return mediaType.endsWith('zstd') ? [createZstdDecompress()] : [];
}
