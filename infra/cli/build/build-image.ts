import { posix } from 'node:path';
import { createBuildRecord } from '../../../functions/builds/build-record.ts';
import { type BuildTested, buildTested } from '../../../functions/builds/build-tested.ts';
import { imageLabels } from '../../../shared/domain/builds/image-labels.ts';
import type { ImageConfiguration } from '../../../shared/domain/configuration/schema.ts';
import type { BuildNotice } from '../../../shared/domain/deliveries/parse-notice.ts';
import { formatImageReference, type ImageReference } from '../../../shared/domain/names/image-reference.ts';
import type { TreeImage } from '../../../shared/domain/tree/image-tree.ts';
import { type Builder, BuildFailure, type Built } from '../../../shared/ports/builder.ts';
import type { Containers } from '../../../shared/ports/containers.ts';
import type { NoticeSender } from '../../../shared/ports/notice-sender.ts';
import type { PlanReport } from '../plan/make-plan.ts';
import type { LocalSource } from './local-source.ts';
import { type MoveBranchTag, moveBranchTag } from './move-branch-tag.ts';
import { type Parent, parentArgument, placeOf } from './places.ts';

export type BuildImage = MoveBranchTag & {
  readonly report: PlanReport;
  readonly source: LocalSource;
  readonly builder: Builder;
  readonly registry: BuildTested['registry'];
  /** Where tests are run, unless the builder has its own. @throws {BuildFailure} where nothing can. */
  readonly containers: () => Promise<Containers>;
  /** Told of the end of each build, if there is one. */
  readonly sender: NoticeSender | undefined;
  readonly platform: string | undefined;
  /** One line of an image's output. */
  readonly output: (image: string, line: string) => void;
  readonly now: () => number;
  readonly newId: () => string;
};

/**
 * Builds one image, has it tested, pushes it under its commit and the tag of its branch, and sends the notice of its end.
 *
 * @throws what went wrong. An image whose notice could not be sent has failed: nobody would know of it.
 */
export async function buildImage(its: BuildImage, image: TreeImage): Promise<Built> {
  const { report, source, sender, signal } = its;
  const place = placeOf(image);
  const begun: BuildNotice = {
    image: { ...place, tag: report.commit },
    status: 'building',
    branch: report.branch,
    buildId: its.newId(),
    startedAt: new Date(its.now()).toISOString(),
    ...(source.url !== undefined && { repo: source.url }),
  };
  let parents: Parents = { further: {} };
  let built: Built;
  try {
    parents = await parentsOf(its, image);
    built = await build(its, image, parents);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await sender?.send({ ...begun, status: 'failed', message }).catch(untold => {
      throw new AggregateError([error, untold], `${message}\n${untold.message}`);
    });
    throw error;
  }
  const known = parents.first === undefined ? {} : { parentDigest: parents.first.digest };
  await sender?.send({ ...begun, ...known, status: 'succeeded', digest: built.digest }, signal);
  return built;
}

async function build(its: BuildImage, image: TreeImage, parents: Parents): Promise<Built> {
  const { report, source, output, now, signal } = its;
  const place = placeOf(image);
  const settings = settingsOf(its, image);
  const say = (line: string) => output(image.name, line);
  const clock = { now };
  const built = await buildTested(
    { ...its, clock },
    {
      builder: its.builder,
      order: await orderOf(its, { image, place, parents, settings }),
      // What is in it is for headway's pages, which this image is on none of yet.
      settings: { ...settings, info: [], platform: its.platform ?? settings.platform },
      checkout: source.checkout,
      record: createBuildRecord(clock, say),
      progress() {},
      signal,
    },
  );
  const { tag, commit } = report;
  if (tag === commit) return built;
  const stays = await moveBranchTag(its, { place, tag, digest: built.digest, commit });
  if (stays !== undefined) say(stays);
  return built;
}

/** @throws {BuildFailure} for what only headway itself can give a build. */
function settingsOf({ report }: BuildImage, { name }: TreeImage): ImageConfiguration {
  const settings = report.recipe(name);
  if (settings === undefined)
    throw new BuildFailure(`Cannot build "${name}": ${report.file} has no such image`);
  const { secrets, source } = settings;
  const cannot = `Cannot build "${name}" here`;
  if (source !== undefined) {
    throw new BuildFailure(`${cannot}: its files are in repo "${source}"; let headway itself build it`);
  }
  const names = Object.keys(secrets).join(', ');
  if (names !== '') {
    throw new BuildFailure(`${cannot}: it needs secrets (${names}); let headway itself build it`);
  }
  return settings;
}

type Ordering = {
  readonly image: TreeImage;
  readonly place: ImageReference;
  readonly parents: Parents;
  readonly settings: ImageConfiguration;
};

async function orderOf(its: BuildImage, { image, place, parents, settings }: Ordering) {
  const { first, further } = parents;
  const { report, source } = its;
  const folder = image.folder === '' ? '.' : image.folder;
  return {
    image: { ...place, tag: report.commit },
    context: await source.checkout.folder(folder),
    dockerfile: posix.relative(folder, image.dockerfile),
    args: { ...image.args, ...(first !== undefined && parentArgument(first, settings)) },
    labels: imageLabels({
      commit: report.commit,
      url: source.url,
      committedAt: source.committedAt,
      parentDigest: first?.digest,
      parentDigests: further,
    }),
    epoch: source.committedAt,
    limits: settings.limits,
  };
}

type Parents = {
  readonly first?: Parent | undefined;
  /** The digests of those that it takes from beside, by their names, as far as they are known. */
  readonly further: Readonly<Record<string, string>>;
};

/** @throws {BuildFailure} when the one that it stands on was never built. */
async function parentsOf(its: BuildImage, image: TreeImage): Promise<Parents> {
  const inTree = (name: string | undefined) => its.report.images.find(other => other.name === name);
  const [name, ...others] = image.parents;
  const parent = inTree(name);
  const first = parent && (await parentIn(its, parent));
  if (parent !== undefined && first === undefined) {
    const tried = formatImageReference({ ...placeOf(parent), tag: its.report.tag });
    throw new BuildFailure(
      `Cannot find its parent "${name}" as ${tried}: it was not built before; build it too, with --full or --image ${name}`,
    );
  }
  const further: Record<string, string> = {};
  for (const other of others.map(inTree).filter(other => other !== undefined)) {
    const found = await parentIn(its, other);
    if (found !== undefined) further[other.name] = found.digest;
  }
  return { first, further };
}

/** The parent of this very commit, else the one that was kept: what the plan compared with, or would do. */
async function parentIn({ report, registry }: BuildImage, image: TreeImage): Promise<Parent | undefined> {
  const { name } = image;
  const place = placeOf(image);
  const isBuilt = report.plan.builds.some(planned => planned.image.name === name);
  const reused = report.plan.kept.find(kept => kept.image.name === name && kept.kind === 'reused')?.note;
  const kept = [report.tag, reused, report.base].filter(tag => tag !== undefined);
  for (const tag of isBuilt ? [report.commit] : [report.commit, ...kept]) {
    const found = await registry.head({ ...place, tag });
    if (found !== undefined) return { place, tag, digest: found.digest };
  }
  return undefined;
}
