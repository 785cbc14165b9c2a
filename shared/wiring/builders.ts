import { connectDocker } from '../adapters/docker/engine.ts';
import { type Builder, BuildFailure } from '../ports/builder.ts';
import type { Workings } from './workings.ts';

export type Builders = (word: string) => Promise<Builder>;

/** The builder for a word of the configuration; each is loaded when it is first needed. */
export function createBuilders(its: Workings): Builders {
  const { credentials, registry: store, environment } = its;
  const engine = connectDocker({ environment });
  const layers = once(async () => {
    const { createLayersBuilder } = await import('../adapters/builders/layers/builder.ts');
    return createLayersBuilder({ store, temporary: its.folders.repos });
  });
  const docker = once(async () => {
    const { createDockerBuilder } = await import('../adapters/builders/docker/builder.ts');
    return createDockerBuilder({ engine, credentials });
  });
  return async word => {
    if (word === 'layers') return layers();
    const reach = await engine.reachable();
    if (reach.answers) return docker();
    if (word === 'auto') return layers();
    throw new BuildFailure(reach.reason);
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
