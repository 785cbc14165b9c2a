import type { ImageConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { formatImageReference, type ImageReference } from '../../shared/domain/names/image-reference.ts';
import type { Builder, BuildOrder, Built } from '../../shared/ports/builder.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Containers } from '../../shared/ports/containers.ts';
import type { Checkout } from '../../shared/ports/forge.ts';
import type { ImageStore } from '../../shared/ports/image-store.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import { buildForPlatforms } from './build-for-platforms.ts';
import type { BuildRecord } from './build-record.ts';
import { type InfoRun, runInfo } from './run-info.ts';
import { hasTests, runTests } from './run-tests.ts';

export type BuildTested = {
  readonly registry: Pick<Registry, 'head' | 'retag' | 'untag'> & Pick<ImageStore, 'putManifest'>;
  /** Where images of builders are run that have nothing to run them with. @throws {BuildFailure} where nothing can. */
  readonly containers: () => Promise<Containers>;
  readonly clock: Clock;
};

export type TestedOrder = {
  readonly builder: Builder;
  /** Under the name that it gets once it is tested. For which platforms, the settings say. */
  readonly order: Omit<BuildOrder, 'platform'> & { readonly image: Tagged };
  readonly settings: Pick<ImageConfiguration, 'tests' | 'info' | 'limits' | 'prune' | 'platform'>;
  /** Where the folders of its tests are. */
  readonly checkout: Pick<Checkout, 'folder'>;
  readonly record: BuildRecord;
  readonly progress: (step: string, done: number, total: number) => void;
  readonly signal: AbortSignal;
};
type Tagged = ImageReference & { readonly tag: string };

/**
 * Builds an image and has it tested before anybody can follow it: what has tests is pushed under a candidate name, and
 * gets its own once they have passed. Tests are run where the image is built, else in the containers that are given.
 * Where nothing can run them it is not even built.
 *
 * @throws {BuildFailure} what can never succeed as it is; whatever else is thrown may pass by itself.
 */
export async function buildTested(its: BuildTested, one: TestedOrder): Promise<Built> {
  const { order, settings, checkout, record, signal } = one;
  const { tests, info, limits } = settings;
  const [platform, ...others] = [settings.platform ?? []].flat();
  const builder =
    platform === undefined || others.length === 0
      ? one.builder
      : buildForPlatforms(one.builder, { platforms: [platform, ...others], registry: its.registry });
  const own = order.image;
  const { registry, repository } = own;
  const isTested = tests.basic.length > 0 || tests.integration.length > 0;
  const candidate = isTested ? { registry, repository, tag: `candidate-${own.tag}` } : own;
  const containers = () => (builder.containers ?? its.containers)();
  if (await hasTests(checkout, [...tests.basic, ...tests.integration])) await containers();
  const test = (which: 'basic' | 'integration', image: string) =>
    record.step(`${which} tests`, output => {
      const run = { containers, clock: its.clock, checkout, image, limits, output, signal };
      return runTests({ ...run, name: formatImageReference(own), tests: tests[which] });
    });
  const afterwards = once(async (digest: Digest) => {
    const image = formatImageReference({ registry, repository, digest });
    if (tests.integration.length > 0) await test('integration', image);
    if (isTested) await record.step('publish', () => publish(its, { candidate, own, digest, signal }));
    if (info.length > 0) await ask(record, { containers, image, info, limits, signal });
  });
  const check = async (image: string) => void (await test('basic', image));
  const built = await record.step('build', () =>
    builder.build(
      {
        ...order,
        image: candidate,
        ...(platform !== undefined && { platform }),
        ...(tests.basic.length > 0 && { check }),
        pushed: afterwards,
        prune: settings.prune,
      },
      {
        output: record.output,
        progress: one.progress,
        step: (name, act) => record.step(name, act),
      },
      signal,
    ),
  );
  await afterwards(built.digest);
  return built;
}

/** What is in an image that is published already: not to know it stops nothing. */
async function ask(
  record: BuildRecord,
  { containers, ...run }: Omit<InfoRun, 'containers'> & Pick<BuildTested, 'containers'>,
): Promise<void> {
  try {
    record.keepInfo(
      await record.step('info', async () => runInfo({ ...run, containers: await containers() })),
    );
  } catch (error) {
    if (run.signal.aborted) throw error;
    record.note(
      `What is in it could not be asked: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Called again, it is the same call. */
function once<T>(act: (argument: T) => Promise<void>): (argument: T) => Promise<void> {
  let done: Promise<void> | undefined;
  return argument => {
    done ??= act(argument);
    return done;
  };
}

type Publishing = {
  readonly candidate: Tagged;
  readonly own: Tagged;
  readonly digest: Digest;
  readonly signal: AbortSignal;
};

/** Its own name first: not every registry can take a tag away, and a candidate that stays harms nobody. */
async function publish(
  { registry }: BuildTested,
  { candidate, own, digest, signal }: Publishing,
): Promise<void> {
  await registry.retag(own, digest, own.tag, signal);
  await registry.untag(candidate, candidate.tag, signal).catch(() => {});
}
