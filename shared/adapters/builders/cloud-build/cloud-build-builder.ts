import { createHash } from 'node:crypto';
import { formatImageReference, type ImageReference } from '../../../domain/names/image-reference.ts';
import type { Artifacts } from '../../../ports/artifacts.ts';
import { type Builder, BuildFailure, type BuildOrder } from '../../../ports/builder.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import { formatOrder } from '../order-artifact/order-document.ts';
import { withPackedContext } from '../order-artifact/pack-context.ts';
import { type BuildSettings, buildRequest, type SecretVersion } from './build-request.ts';
import { type CloudBuild, isUnderWay } from './build-resource.ts';
import { type BuildsApi, type BuildsApiOptions, createBuildsApi } from './builds-api.ts';
import { followBuild } from './follow-build.ts';
import { judgeEnd } from './judge-end.ts';

export type CloudBuildOptions = BuildsApiOptions &
  BuildSettings & {
    /** In Cloud Storage: where Cloud Build finds the sources that are put into `sources`. */
    readonly bucket: string;
    /** The same bucket, to write to. */
    readonly sources: Artifacts;
    readonly store: Pick<ImageStore, 'manifest'>;
    /** Where Secret Manager has a build's secret; nothing for one that is elsewhere. */
    readonly secretVersion: SecretVersion;
    /** A folder for contexts on their way. */
    readonly temporary: string;
    /** Milliseconds between two looks at a build: at first, and at most. */
    readonly lookAgain?: { readonly first: number; readonly most: number };
  };

/**
 * Builds with Google's Cloud Build: the context goes through a bucket, docker builds it there, and Cloud Build pushes it.
 * Each build carries a tag made from its order, so that whoever orders the same again, after a crash too, follows the
 * build that is under way, and takes over what it made. Its own notices on the topic `cloud-builds` say the same of the same commit.
 *
 * Secrets are those of Secret Manager; their values are never sent. An order's check gets the image by digest once it is
 * pushed. https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds
 */
export function createCloudBuildBuilder(options: CloudBuildOptions): Builder {
  const { store, lookAgain = { first: 2_000, most: 15_000 } } = options;
  const api = createBuildsApi(options);
  return {
    name: 'cloud-build',
    async build(order, progress, signal) {
      signal.throwIfAborted();
      const { build, isNew } = await findOrBegin(api, order, { ...options, signal });
      progress.output(`${isNew ? 'Began' : 'Found'} Cloud Build ${build.id}: ${build.logUrl}`);
      const ended = await followBuild(api, build, { progress, signal, lookAgain });
      const end = judgeEnd(ended, order.image);
      if (end.kind === 'failed') throw end.final ? new BuildFailure(end.reason) : new Error(end.reason);
      const digest = end.digest ?? (await store.manifest(order.image))?.digest;
      if (digest === undefined) {
        throw new Error(
          `Cannot tell the digest of ${formatImageReference(order.image)}: Cloud Build names none, and it is not in the registry`,
        );
      }
      await order.check?.(formatImageReference({ ...placeOf(order), digest }));
      signal.throwIfAborted();
      return { digest };
    },
  };
}

type Ordered = { readonly build: CloudBuild; readonly isNew: boolean };

function findOrBegin(
  api: BuildsApi,
  order: BuildOrder,
  its: CloudBuildOptions & { readonly signal: AbortSignal },
): Promise<Ordered> {
  const { store, sources, bucket, signal } = its;
  return withPackedContext(order, its, async packed => {
    const object = `sources/${packed.digest.slice('sha256:'.length)}.tgz`;
    const tag = tagOf(order, object);
    const request = buildRequest(order, { ...its, source: { bucket, object }, tags: [tag, nameOf(order)] });
    const found = await findBuild(api, { tag, order, store, signal });
    if (found !== undefined) return { build: found, isNew: false };
    await sources.put(object, packed);
    return { build: await begin(api, { request, tag, signal }), isNew: true };
  });
}

type Begin = { readonly request: object; readonly tag: string; readonly signal: AbortSignal };

/** Cloud Build begins what is asked for twice twice, as after an answer that was lost: the first is kept. */
async function begin(api: BuildsApi, { request, tag, signal }: Begin): Promise<CloudBuild> {
  const begun = await api.create(request, signal);
  const all = (await api.tagged(tag, signal)).filter(isUnderWay);
  const [first = begun, ...more] = all.toSorted((a, b) => (a.createTime < b.createTime ? -1 : 1));
  for (const build of more) await api.cancel(build.id, signal);
  return first;
}

type Find = Pick<CloudBuildOptions, 'store'> & {
  readonly tag: string;
  readonly order: BuildOrder;
  readonly signal: AbortSignal;
};

/** The build of the same order that is under way, or that ended well while nobody looked: what it pushed is still there. */
async function findBuild(
  api: BuildsApi,
  { tag, order, store, signal }: Find,
): Promise<CloudBuild | undefined> {
  const builds = await api.tagged(tag, signal);
  const underWay = builds.find(isUnderWay);
  if (underWay !== undefined) return underWay;
  const [newest] = builds;
  const end = newest && judgeEnd(newest, order.image);
  if (end?.kind !== 'built' || end.digest === undefined) return undefined;
  const there = await store.manifest({ ...placeOf(order), digest: end.digest });
  return there === undefined ? undefined : newest;
}

/** The same for the same order. Tags have letters, digits, `_`, `.` and `-`, at most 128. */
function tagOf(order: BuildOrder, object: string): string {
  const text = [formatOrder(order, { insecure: [] }), object, order.request].join(' ');
  return `order-${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
}

/** For people who look at the list of builds. */
function nameOf({ image }: BuildOrder): string {
  const commit = image.tag ?? 'latest';
  return `headway-${image.repository.replaceAll(/[^\w.-]/g, '-').slice(-70)}-${commit}`.slice(0, 128);
}

function placeOf({ image: { registry, repository } }: BuildOrder): ImageReference {
  return { registry, repository };
}
