import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import type { Configuration, ImageConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import { formatImageReference, type ImageReference } from '../../shared/domain/names/image-reference.ts';
import { type Builder, BuildFailure, type Built } from '../../shared/ports/builder.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Containers } from '../../shared/ports/containers.ts';
import type { Checkout, Forge } from '../../shared/ports/forge.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import type { Records } from '../../shared/records/records.ts';
import type { BuildRecord } from './build-record.ts';
import { filesOf } from './files-of.ts';
import { orderOf } from './order-of.ts';
import { placeOf, publishedTag } from './published-name.ts';
import { type InfoRun, runInfo } from './run-info.ts';
import { runTests } from './run-tests.ts';

export type BuildImage = {
  readonly records: Records;
  readonly forge: Forge;
  readonly registry: Registry;
  readonly configuration: Configuration;
  /** The builder for an image, by its word in the configuration. */
  readonly builder: (word: string) => Promise<Builder>;
  /** Where tests are run, and what tells what is in an image. */
  readonly containers: () => Promise<Containers>;
  /** The value behind a secret reference. */
  readonly secret: (reference: string) => string;
  readonly clock: Clock;
};

export type Building = {
  readonly record: BuildRecord;
  /** It has its turn; the time that it may take begins. */
  readonly begin: () => void;
  readonly progress: (step: string, done: number, total: number) => void;
  /** Told which builder it is, once that is known. */
  readonly told: (builder: string) => void;
  readonly signal: AbortSignal;
};

/**
 * Builds one image and has it tested before anybody can follow it: what has tests is pushed under a candidate name,
 * and gets its own (the commit, or a pull request's number) once they have passed.
 *
 * @throws {BuildFailure} what can never succeed as it is; whatever else is thrown may pass by itself.
 */
export async function buildImage(its: BuildImage, build: Build, one: Building): Promise<Built> {
  const settings = settingsOf(its, build);
  const builder = await its.builder(settings.builder);
  one.told(builder.name);
  const files = await filesOf(its, build, settings);
  try {
    return await buildFrom(files.checkout, its, { build, settings, builder, epoch: files.epoch, ...one });
  } finally {
    await files.checkout.remove();
  }
}

type Its = Building & {
  readonly build: Build;
  readonly settings: ImageConfiguration;
  readonly builder: Builder;
  /** The commit's time in milliseconds; nothing where the forge does not know it. */
  readonly epoch: number | undefined;
};

async function buildFrom(checkout: Checkout, its: BuildImage, one: Its): Promise<Built> {
  const { build, settings, builder, record, signal } = one;
  const { tests, info } = settings;
  const repository = placeOf(settings);
  const own = { ...repository, tag: publishedTag(build) };
  const isTested = tests.basic.length > 0 || tests.integration.length > 0;
  const candidate = isTested ? { ...repository, tag: `candidate-${own.tag}` } : own;
  const order = await orderOf(checkout, its, { ...one, candidate });
  const containers = isTested || info.length > 0 ? await its.containers() : undefined;
  const test = (which: 'basic' | 'integration', image: string) =>
    record.step(`${which} tests`, async output => {
      if (containers === undefined) return;
      const name = formatImageReference(own);
      const run = { containers, clock: its.clock, checkout, image, name, output, signal };
      await runTests({ ...run, tests: tests[which], limits: settings.limits });
    });
  const afterwards = once(async (digest: Digest) => {
    const byDigest = formatImageReference({ ...repository, digest });
    if (tests.integration.length > 0) await test('integration', byDigest);
    if (isTested) {
      await record.step('publish', () => publish(its.registry, { candidate, own, digest, signal }));
    }
    if (containers === undefined || info.length === 0) return;
    const run = { containers, image: byDigest, info, limits: settings.limits, signal };
    await ask(record, run);
  });
  const built = await record.step('build', output =>
    builder.build(
      {
        ...order,
        ...(tests.basic.length > 0 && { check: image => test('basic', image) }),
        pushed: afterwards,
        prune: settings.prune,
      },
      { output, progress: one.progress, begin: one.begin },
      signal,
    ),
  );
  await afterwards(built.digest);
  return built;
}

/** What is in an image that is published already: not to know it stops nothing. */
async function ask(record: BuildRecord, run: InfoRun): Promise<void> {
  try {
    record.keepInfo(await record.step('info', () => runInfo(run)));
  } catch (error) {
    if (run.signal.aborted) throw error;
    record.note(`What is in it could not be asked: ${messageOf(error)}`);
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
  readonly candidate: ImageReference & { readonly tag: string };
  readonly own: ImageReference & { readonly tag: string };
  readonly digest: Digest;
  readonly signal: AbortSignal;
};

/** Its own name first: not every registry can take a tag away, and a candidate that stays harms nobody. */
async function publish(registry: Registry, { candidate, own, digest, signal }: Publishing): Promise<void> {
  await registry.retag(own, digest, own.tag, signal);
  await registry.untag(candidate, candidate.tag, signal).catch(() => {});
}

function settingsOf({ configuration }: BuildImage, build: Build): ImageConfiguration {
  const settings = buildSettings(configuration, build);
  if (settings === undefined)
    throw new BuildFailure(`the configuration no longer names image "${build.image}"`);
  if (settings.builder === 'none') throw new BuildFailure('somebody else builds this image (builder: none)');
  return settings;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
