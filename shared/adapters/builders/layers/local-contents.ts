import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImageStore } from '../../../ports/image-store.ts';
import { visitLayer } from './layer-files.ts';
import { type Content, type File, type Node, type Tree, toTreePath } from './tree.ts';

type InLayer = Extract<Content, { in: 'layer' }>;

/** The tree with every content on this disk: what is in layers of images is copied out of them, into the folder. */
export async function localContents(
  entries: Tree,
  from: { readonly store: ImageStore; readonly folder: string; readonly signal: AbortSignal },
): Promise<Tree> {
  const { store, folder, signal } = from;
  const wanted = new Map<string, InLayer[]>();
  for (const node of entries.values()) {
    if (node.kind !== 'file' || node.content.in !== 'layer') continue;
    const { digest } = node.content.layer;
    wanted.set(digest, [...(wanted.get(digest) ?? []), node.content]);
  }
  const copies = new Map<string, string>();
  for (const contents of wanted.values()) {
    const [first] = contents;
    if (first === undefined) continue;
    const paths = new Set(contents.map(({ path }) => path));
    await visitLayer(store, { image: first.image, layer: first.layer, signal }, async (header, body) => {
      const path = toTreePath(header.name);
      if (!paths.has(path) || (header.type !== 'file' && header.type !== 'contiguous-file')) return;
      const file = join(folder, `copied-${copies.size}`);
      await pipeline(body, createWriteStream(file), { signal });
      copies.set(keyOf(first.layer.digest, path), file);
    });
  }
  return new Map([...entries].map(([path, node]) => [path, localNode(node, copies)]));
}

function localNode(node: Node, copies: ReadonlyMap<string, string>): Node {
  if (node.kind !== 'file' || node.content.in !== 'layer') return node;
  const { layer, path } = node.content;
  const file = copies.get(keyOf(layer.digest, path));
  if (file === undefined)
    throw new Error(`Cannot copy "${path}" from layer ${layer.digest}: it is no longer in it`);
  const local: File = { ...node, content: { in: 'folder', path: file } };
  return local;
}

function keyOf(digest: string, path: string): string {
  return `${digest} ${path}`;
}
