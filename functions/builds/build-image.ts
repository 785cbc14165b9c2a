import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration, ImageConfiguration } from '../../shared/domain/configuration/schema.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Digest } from '../../shared/domain/names/digest.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '../../shared/domain/names/image-reference.ts';
import { type Builder, BuildFailure, type BuildOrder, type Built } from '../../shared/ports/builder.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Containers } from '../../shared/ports/containers.ts';
import type { Checkout, Forge } from '../../shared/ports/forge.ts';
import type { Registry } from '../../shared/ports/registry.ts';
import { builds } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import type { BuildRecord } from './build-record.ts';
import { filesOf } from './files-of.ts';
import { runInfo } from './run-info.ts';
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
  let pushed: Digest | undefined;
  const built = await record.step('build', output =>
    builder.build(
      {
        ...order,
        ...(tests.basic.length > 0 && { check: image => test('basic', image) }),
        ...(settings.prune && tests.integration.length === 0 && info.length === 0 && { prune: true }),
      },
      { output, progress: one.progress, begin: one.begin },
      signal,
    ),
  );
  pushed = built.digest;
  const byDigest = formatImageReference({ ...repository, digest: pushed });
  if (tests.integration.length > 0) await test('integration', byDigest);
  if (isTested)
    await record.step('publish', () => publish(its.registry, { candidate, own, digest: pushed, signal }));
  if (containers !== undefined && info.length > 0) {
    try {
      const run = { containers, image: byDigest, info, limits: settings.limits, signal };
      record.keepInfo(await record.step('info', () => runInfo(run)));
    } catch (error) {
      if (signal.aborted) throw error;
      record.note(`What is in it could not be asked: ${messageOf(error)}`);
    }
  }
  return built;
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

type Ordering = Its & { readonly candidate: ImageReference };

async function orderOf(
  checkout: Checkout,
  its: BuildImage,
  { build, settings, candidate, epoch }: Ordering,
): Promise<BuildOrder> {
  const { configuration, secret } = its;
  const secrets = Object.entries(settings.secrets).map(([name, reference]) => [name, secret(reference)]);
  return {
    image: candidate,
    context: await checkout.folder(settings.context),
    dockerfile: settings.dockerfile,
    args: { ...settings.args, ...(await parentArguments(its, build, settings)) },
    labels: labels(configuration, build, epoch),
    epoch: epoch ?? 0,
    ...(settings.platform !== undefined && { platform: settings.platform }),
    ...(secrets.length > 0 && { secrets: Object.fromEntries(secrets) }),
    ...(settings.cache ? cacheOf(build, settings) : { cacheFrom: [] }),
    limits: settings.limits,
  };
}

/** The image of the commit before, and what the branch's tag names, for a builder that has no layers of its own. */
function cacheOf(build: Build, settings: ImageConfiguration): Pick<BuildOrder, 'cacheFrom'> {
  const tags = [build.since, build.branchTag].filter(tag => tag !== undefined);
  const repository = placeOf(settings);
  return tags.length === 0 ? {} : { cacheFrom: tags.map(tag => ({ ...repository, tag })) };
}

/** The parent's exact image, so that a child stands on the parent of its own commit and on no other. */
async function parentArguments(
  { records, configuration }: BuildImage,
  { parent, parentDigest, commit }: Build,
  { parentArg, parentTagArg }: ImageConfiguration,
): Promise<Record<string, string>> {
  if (parent === undefined || parentDigest === undefined) return {};
  if (parentTagArg !== undefined) {
    const found = await records.get(refTo(builds, parent, commit));
    return { [parentTagArg]: found === undefined ? commit : publishedTag(found) };
  }
  const reference = { ...repositoryOf(configuration, parent), digest: parentDigest };
  return { [parentArg]: formatImageReference(reference) };
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
function labels({ repos }: Configuration, build: Build, epoch: number | undefined): Record<string, string> {
  return {
    'org.opencontainers.image.revision': build.commit,
    'org.opencontainers.image.source': repos[build.repo]?.url ?? '',
    ...(epoch !== undefined && { 'org.opencontainers.image.created': new Date(epoch).toISOString() }),
  };
}

function settingsOf({ configuration }: BuildImage, build: Build): ImageConfiguration {
  const settings = buildSettings(configuration, build);
  if (settings === undefined)
    throw new BuildFailure(`the configuration no longer names image "${build.image}"`);
  if (settings.builder === 'none') throw new BuildFailure('somebody else builds this image (builder: none)');
  return settings;
}

/** Its commit, or what a pull request's image is called: Skia's form, which everybody knows to move nothing. */
export function publishedTag({ commit, tryJob }: Pick<Build, 'commit' | 'tryJob'>): string {
  return tryJob === undefined ? commit : `${tryJob.number}_${tryJob.patch}`;
}

/** Where an image is pushed to. */
export function placeOf({ repository }: Pick<ImageConfiguration, 'repository'>): ImageReference {
  const found = parseImageReference(repository);
  if (found === undefined) throw new BuildFailure(`"${repository}" is no image repository`);
  return { registry: found.registry, repository: found.repository };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
