import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatImageReference, type ImageReference } from '../../../domain/names/image-reference.ts';
import {
  type Builder,
  BuildFailure,
  type BuildOrder,
  type BuildProgress,
  type Built,
  inStep,
} from '../../../ports/builder.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import { RegistryError } from '../../../ports/registry-error.ts';
import { readPlatform } from '../read-platform.ts';
import { refuseSecrets } from '../refuse-secrets.ts';
import { abortableStore } from './abortable-store.ts';
import { readContext } from './context.ts';
import { createFileLists } from './file-lists.ts';
import { type BuildPlan, planBuild } from './plan.ts';
import { hostPlatform, platformArguments } from './platform.ts';
import { pushImage } from './push-image.ts';
import { failureOf } from './refusals.ts';
import { runPlan } from './run-plan.ts';

export type LayersBuilderOptions = {
  readonly store: ImageStore;
  /** For orders that name none, e.g. `linux/amd64`; Linux on this machine's processor when absent. */
  readonly platform?: string;
  /** Layers are written here while they are made; the system's temporary folder when absent. */
  readonly temporary?: string;
};

/**
 * Builds images without a daemon, and without running anything: Dockerfiles with every instruction but RUN and
 * ONBUILD, with stages, on `scratch` or on an image from a registry. What a Dockerfile asks for and this builder
 * does not do is refused, all of it at once, each by its line. The layers of a base stay where they are: they are
 * mounted or copied by the registry, and read only where their files decide what a COPY or a WORKDIR does.
 *
 * It has no engine to check an image in: an order's check gets it by digest once it is pushed, so that whoever orders
 * has it pushed under a tag that nobody follows. What of an order is for a container (limits, a cache) is not needed.
 *
 * The same order gives the same digest: files come with owner 0:0, modes 755 and 644 and the order's time.
 */
export function createLayersBuilder(options: LayersBuilderOptions): Builder {
  const { store, temporary = tmpdir() } = options;
  const standard = options.platform === undefined ? hostPlatform() : readPlatform(options.platform);
  const lists = createFileLists(store);
  return {
    name: 'layers',
    async build(order, progress, signal) {
      try {
        return await buildAndPush(order, progress, signal);
      } catch (error) {
        throw isFinal(error) ? new BuildFailure(error.message, { cause: error }) : error;
      }
    },
  };

  async function buildAndPush(
    order: BuildOrder,
    progress: BuildProgress,
    signal: AbortSignal,
  ): Promise<Built> {
    signal.throwIfAborted();
    refuseSecrets(order, 'the builder "layers" runs nothing that could use them');
    const context = await readContext(order.context, order.dockerfile, signal);
    const plan = planBuild(context.dockerfile);
    const platform = order.platform === undefined ? standard : readPlatform(order.platform);
    const unused = undeclaredArguments(plan, order);
    if (unused.length > 0) progress.output(`[Warning] No ARG declares ${unused.join(', ')}`);
    const reaching = abortableStore(store, signal);
    const { result, refusals } = await runPlan(
      plan,
      {
        store: reaching,
        listFiles: lists,
        context,
        args: order.args,
        platform,
        isPlatformAsked: order.platform !== undefined,
        platformArgs: platformArguments(platform),
        epoch: order.epoch,
        signal,
      },
      progress,
    );
    const all = [...plan.refusals, ...refusals];
    if (result === undefined || all.length > 0) throw failureOf(order.dockerfile, all);
    const own = await mkdtemp(join(temporary, 'headway-layers-'));
    try {
      const push = () => pushImage(result, { order, store: reaching, folder: own, progress, signal });
      const digest = await inStep(progress, 'push', push);
      await order.check?.(formatImageReference({ ...repository(order), digest }));
      signal.throwIfAborted();
      return { digest };
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }
}

/** What a registry will not have, however often it is asked. */
function isFinal(error: unknown): error is RegistryError {
  return error instanceof RegistryError && !error.temporary;
}

function repository({ image: { registry, repository } }: BuildOrder): ImageReference {
  return { registry, repository };
}

function undeclaredArguments({ globals, stages }: BuildPlan, { args }: BuildOrder): string[] {
  const steps = [...globals, ...stages.flatMap(stage => stage.steps)];
  const declared = steps.flatMap(({ action }) => (action.kind === 'arg' ? action.names : []));
  return Object.keys(args).filter(name => !declared.some(argument => argument.name === name));
}
