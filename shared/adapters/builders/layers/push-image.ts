import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../../domain/names/digest.ts';
import { formatImageReference } from '../../../domain/names/image-reference.ts';
import type { BuildOrder, BuildProgress } from '../../../ports/builder.ts';
import type { Descriptor, ImageStore } from '../../../ports/image-store.ts';
import type { NewLayer, Stage } from './build.ts';
import { formatConfiguration } from './image-configuration.ts';
import { MEDIA_TYPES } from './image-format.ts';
import { writeLayer } from './layer-archive.ts';
import { localContents } from './local-contents.ts';

type Push = {
  readonly order: BuildOrder;
  readonly store: ImageStore;
  /** For files that are needed only while this runs. */
  readonly folder: string;
  readonly progress: BuildProgress;
  readonly signal: AbortSignal;
};
type Written = { readonly descriptor: Descriptor; readonly diffId: Digest };

/** Writes what the stage adds to its base, and pushes the image: layers, configuration, and last the manifest. */
export async function pushImage(stage: Stage, push: Push): Promise<Digest> {
  const { order, store, progress } = push;
  const { family, system, settings, history, base, added } = stage;
  const types = MEDIA_TYPES[family];
  const below = base?.layers ?? [];
  const total = below.length + added.length + 2;
  const layers: Written[] = [];
  for (const layer of below) {
    progress.progress('push', layers.length, total);
    if (base !== undefined) await store.ensureBlob(order.image, layer.descriptor, { from: base.image });
    layers.push(layer);
  }
  for (const layer of added) {
    progress.progress('push', layers.length, total);
    const written = await pushLayer(layer, types.layer, push);
    progress.output(`Layer ${written.descriptor.digest} : ${written.descriptor.size} bytes`);
    layers.push(written);
  }
  progress.progress('push', layers.length, total);
  const bytes = formatConfiguration({
    system,
    settings,
    history,
    diffIds: layers.map(({ diffId }) => diffId),
    labels: order.labels,
    epoch: order.epoch,
  });
  const config = { mediaType: types.configuration, digest: digestOf(bytes), size: bytes.length };
  await store.ensureBlob(order.image, config, { content: () => once(bytes) });
  progress.progress('push', total - 1, total);
  const manifest = new TextEncoder().encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config,
      layers: layers.map(({ descriptor }) => descriptor),
    }),
  );
  const digest = await store.putManifest(order.image, types.manifest, manifest);
  if (digest !== digestOf(manifest)) {
    throw new Error(`Cannot trust the registry: it took ${digestOf(manifest)} and answered ${digest}`);
  }
  progress.progress('push', total, total);
  progress.output(`Pushed ${formatImageReference({ ...order.image, digest })}`);
  return digest;
}

async function pushLayer({ entries }: NewLayer, mediaType: string, push: Push): Promise<Written> {
  const { order, store, folder, signal } = push;
  const file = join(folder, 'layer');
  const local = await localContents(entries, { store, folder, signal });
  const { digest, size, diffId } = await writeLayer(local, { file, epoch: order.epoch, signal });
  const descriptor = { mediaType, digest, size };
  await store.ensureBlob(order.image, descriptor, { content: () => createReadStream(file, { signal }) });
  await rm(file);
  return { descriptor, diffId };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
