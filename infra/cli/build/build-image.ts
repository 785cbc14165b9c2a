import { posix } from 'node:path';
import type { BuildNotice } from '../../../shared/domain/deliveries/parse-notice.ts';
import type { Digest } from '../../../shared/domain/names/digest.ts';
import { formatImageReference, type ImageReference } from '../../../shared/domain/names/image-reference.ts';
import type { TreeImage } from '../../../shared/domain/tree/image-tree.ts';
import { type Builder, BuildFailure, type BuildOrder, type Built } from '../../../shared/ports/builder.ts';
import type { NoticeSender } from '../../../shared/ports/notice-sender.ts';
import type { Registry } from '../../../shared/ports/registry.ts';
import type { PlanReport } from '../plan/make-plan.ts';
import type { LocalSource } from './local-source.ts';
import { type Parent, parentValue, placeOf } from './places.ts';

export type BuildImage = {
  readonly report: PlanReport;
  readonly source: LocalSource;
  readonly builder: Builder;
  readonly registry: Pick<Registry, 'head' | 'retag'>;
  /** Told of the end of each build, if there is one. */
  readonly sender: NoticeSender | undefined;
  readonly platform: string | undefined;
  /** One line of an image's output. */
  readonly output: (image: string, line: string) => void;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly newId: () => string;
};

/**
 * Builds one image, pushes it under its commit and the tag of its branch, and sends the notice of its end.
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
  let parent: Parent | undefined;
  let built: Built;
  try {
    parent = await parentOf(its, image);
    built = await its.builder.build(
      await orderOf(its, { image, place, parent }),
      progressOf(its, image),
      signal,
    );
    await nameAfterBranch(its, place, built.digest);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await sender?.send({ ...begun, status: 'failed', message }).catch(untold => {
      throw new AggregateError([error, untold], `${message}\n${untold.message}`);
    });
    throw error;
  }
  const known = parent === undefined ? {} : { parentDigest: parent.digest };
  await sender?.send({ ...begun, ...known, status: 'succeeded', digest: built.digest }, signal);
  return built;
}

function progressOf({ output }: BuildImage, { name }: TreeImage) {
  return { output: (line: string) => output(name, line), progress() {} };
}

/** Images that go by their branch carry its tag too; by their commit they can be told apart. */
async function nameAfterBranch(
  { report, registry, signal }: BuildImage,
  place: ImageReference,
  digest: Digest,
) {
  if (report.tag !== report.commit) await registry.retag(place, digest, report.tag, signal);
}

type Ordering = {
  readonly image: TreeImage;
  readonly place: ImageReference;
  readonly parent: Parent | undefined;
};

async function orderOf(its: BuildImage, { image, place, parent }: Ordering): Promise<BuildOrder> {
  const { report, source, platform } = its;
  const by = report.tag === report.commit ? 'commit' : 'branch';
  const folder = image.folder === '' ? '.' : image.folder;
  return {
    image: { ...place, tag: report.commit },
    context: await source.checkout.folder(folder),
    dockerfile: posix.relative(folder, image.dockerfile),
    args: { ...image.args, ...(parent !== undefined && { [image.parentArg]: parentValue(parent, by) }) },
    // https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys
    labels: {
      'org.opencontainers.image.revision': report.commit,
      'org.opencontainers.image.created': new Date(source.committedAt).toISOString(),
      ...(source.url !== undefined && { 'org.opencontainers.image.source': source.url }),
    },
    epoch: source.committedAt,
    ...(platform !== undefined && { platform }),
  };
}

/** The parent of this very commit, else the one that was kept: what the plan compared with, or would do. */
async function parentOf(its: BuildImage, image: TreeImage): Promise<Parent | undefined> {
  const { report, registry } = its;
  const [name] = image.parents;
  const parent = report.images.find(other => other.name === name);
  if (parent === undefined) return undefined;
  const place = placeOf(parent);
  const isBuilt = report.plan.builds.some(planned => planned.image.name === name);
  const reused = report.plan.kept.find(kept => kept.image.name === name && kept.kind === 'reused')?.note;
  const kept = [report.tag, reused, report.base].filter(tag => tag !== undefined);
  for (const tag of isBuilt ? [report.commit] : [report.commit, ...kept]) {
    const found = await registry.head({ ...place, tag });
    if (found !== undefined) return { place, tag, digest: found.digest };
  }
  throw new BuildFailure(
    `Cannot find its parent "${name}" as ${formatImageReference({ ...place, tag: report.tag })}: it was not built before; build it too, with --full or --image ${name}`,
  );
}
