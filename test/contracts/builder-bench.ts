import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { BuildOrder, BuildProgress } from '../../shared/ports/builder.ts';
import { buildContext, type ContextFile } from '../helpers/build-context.ts';
import type { BuilderPlace } from './builder.ts';

export type Files = Readonly<Record<string, ContextFile>>;
export type Bench = ReturnType<typeof benchFor>;
/** Holds a builder to a claim. */
export type Holds = (claim: string, check: (t: ExecutionContext, bench: Bench) => Promise<void>) => void;

export const EPOCH = Date.parse('2030-01-02T03:04:05Z');
export const SMALL: Files = { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' };
export const SILENT: BuildProgress = { output() {}, progress() {} };
const LONG_ENOUGH = 120_000;

/** Orders for the builder of a place, each with an image of its own. */
export function benchFor(t: ExecutionContext, place: BuilderPlace) {
  const { builder, registry } = place;
  return {
    ...place,
    async order(files: Files, rest: Partial<BuildOrder> = {}): Promise<BuildOrder> {
      const context = await buildContext(t, files);
      const image = { registry, repository: `contract/${randomUUID()}`, tag: 'c0ffee' };
      if (place.forget !== undefined) t.teardown(() => place.forget?.(image));
      return { image, context, dockerfile: 'Dockerfile', args: {}, labels: {}, epoch: EPOCH, ...rest };
    },
    build(order: BuildOrder, progress = SILENT, signal = AbortSignal.timeout(LONG_ENOUGH)) {
      return builder.build(order, progress, signal);
    },
    repositoryOf({ image }: BuildOrder): ImageReference {
      return { registry: image.registry, repository: image.repository };
    },
  };
}
