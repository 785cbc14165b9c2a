import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';

export type LayerEntry = {
  readonly path: string;
  readonly type: string;
  readonly mode: string;
  readonly owner: string;
  /** Seconds since the Unix epoch. */
  readonly time: number;
  /** Of a file its text, of a link its target. */
  readonly content: string;
};

export type ImageConfig = {
  readonly architecture: string;
  readonly os: string;
  readonly created: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly diff_ids: readonly string[] };
  readonly history: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[];
};

export type ImageContents = {
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: {
    readonly config: { readonly mediaType: string };
    readonly layers: readonly { readonly mediaType: string; readonly digest: string }[];
  };
  readonly config: ImageConfig;
  /** The entries of each layer, in the order of the archive. */
  readonly layers: readonly (readonly LayerEntry[])[];
};

/** What a registry holds under a name, read without the code under test. */
export async function imageContents(store: ImageStore, image: ImageReference): Promise<ImageContents> {
  const found = await store.manifest(image);
  if (found === undefined) throw new Error(`There is no ${JSON.stringify(image)}`);
  const manifest = parse(found.bytes);
  const config = parse(await store.blob(image, manifest.config.digest));
  const layers = await Promise.all(
    manifest.layers.map(async (layer: { digest: string }) =>
      entriesOf(await store.blob(image, layer.digest)),
    ),
  );
  return { digest: found.digest, mediaType: found.mediaType, manifest, config, layers };
}

/** The paths of all files, links and folders of all layers. */
export function pathsOf({ layers }: ImageContents): string[] {
  return [...new Set(layers.flat().map(({ path }) => path))].toSorted();
}

async function entriesOf(blob: Uint8Array): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = [];
  const archive = extract();
  // The magic number of gzip; layers may be plain archives too.
  archive.end(blob[0] === 0x1f ? gunzipSync(blob) : blob);
  for await (const entry of archive) {
    const { name, type, mode, uid, gid, mtime, linkname, pax } = entry.header;
    const ids = (pax ?? {}) as { uid?: string; gid?: string };
    entries.push({
      path: name.replace(/\/$/, ''),
      type,
      mode: (mode & 0o7777).toString(8),
      owner: `${ids.uid ?? uid}:${ids.gid ?? gid}`,
      time: mtime.getTime() / 1000,
      content: linkname || (await text(Readable.from(entry))),
    });
  }
  return entries;
}

function parse(bytes: Uint8Array) {
  return JSON.parse(new TextDecoder().decode(bytes));
}
