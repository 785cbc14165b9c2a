import type { ExecutionContext } from 'ava';
import { createLayersBuilder } from '../../shared/adapters/builders/layers/builder.ts';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { BuildOrder, Built } from '../../shared/ports/builder.ts';
import { buildContext, type ContextFile } from './build-context.ts';
import { imageContents } from './image-contents.ts';
import { createMemoryImageStore } from './memory-image-store.ts';

type Files = Readonly<Record<string, ContextFile>>;

/** A layers builder beside a registry in memory; every image has a repository of the name it is given. */
export function layersBench(t: ExecutionContext) {
  const memory = createMemoryImageStore();
  const builder = createLayersBuilder({ store: memory.store, platform: 'linux/amd64' });
  const nameOf = (name: string): ImageReference => ({
    registry: 'registry.example',
    repository: name,
    tag: '1',
  });
  return {
    ...memory,
    nameOf,
    contents: (name: string) => imageContents(memory.store, nameOf(name)),
    async build(
      name: string,
      files: Files,
      rest: Partial<BuildOrder> & { signal?: AbortSignal } = {},
    ): Promise<Built> {
      const { signal = AbortSignal.timeout(20_000), ...order } = rest;
      const context = await buildContext(t, files);
      return await builder.build(
        { image: nameOf(name), context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: 0, ...order },
        { output() {}, progress() {} },
        signal,
      );
    },
  };
}
