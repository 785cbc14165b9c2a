import { z } from 'zod';
import { isCommitSha } from '../names/commit-sha.ts';
import { isDigest } from '../names/digest.ts';
import { type ImageReference, parseImageReference, repositoryName } from '../names/image-reference.ts';
import type { BuildNotice } from './parse-notice.ts';
import { readPayload } from './read-payload.ts';

const Text = z.string().optional().catch(undefined);

/**
 * The fields of Cloud Build's Build that headway reads. The others stay out of its documents, since steps and
 * substitutions hold what people put there, secrets among it.
 * https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#Build
 */
const Build = z.object({
  id: z.string().min(1).max(200),
  status: z.enum([
    'STATUS_UNKNOWN',
    'PENDING',
    'QUEUED',
    'WORKING',
    'SUCCESS',
    'FAILURE',
    'INTERNAL_ERROR',
    'TIMEOUT',
    'CANCELLED',
    'EXPIRED',
  ]),
  statusDetail: Text,
  failureInfo: z.object({ detail: Text }).optional().catch(undefined),
  startTime: z.iso.datetime({ offset: true }).optional().catch(undefined),
  images: z.array(z.string()).optional(),
  results: z.object({ images: z.array(z.object({ name: z.string(), digest: Text })).optional() }).optional(),
  substitutions: z.object({ COMMIT_SHA: Text, BRANCH_NAME: Text }).optional().catch(undefined),
  source: z
    .object({ gitSource: z.object({ url: Text }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
type Build = z.infer<typeof Build>;
type Image = ImageReference & { readonly tag: string; readonly digest?: string };

const STATUSES: Readonly<Record<Build['status'], BuildNotice['status'] | undefined>> = {
  STATUS_UNKNOWN: undefined,
  PENDING: 'building',
  QUEUED: 'building',
  WORKING: 'building',
  SUCCESS: 'succeeded',
  FAILURE: 'failed',
  INTERNAL_ERROR: 'failed',
  TIMEOUT: 'failed',
  CANCELLED: 'failed',
  EXPIRED: 'failed',
};
const REASONS: Partial<Record<Build['status'], string>> = {
  FAILURE: 'a step of the build failed',
  INTERNAL_ERROR: 'Cloud Build itself failed',
  TIMEOUT: 'the build took longer than it may',
  CANCELLED: 'the build was cancelled',
  EXPIRED: 'the build waited longer than it may',
};

/**
 * What a message on Cloud Build's topic `cloud-builds` says of each image of the build: of its commit, and once it
 * succeeded of every other tag that it pushed. The commit is the trigger's, else the image's own tag. Nothing where
 * the status is unknown, or where several digests were pushed to one repository and none under the commit.
 *
 * The trigger's REPO_NAME is a name within a connection and no address, so that the repo is told only where the
 * build fetched a Git URL.
 * https://cloud.google.com/build/docs/subscribe-build-notifications
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseCloudBuild(body: string): BuildNotice[] {
  const build = readPayload(Build, body, 'Cloud Build notice');
  const status = STATUSES[build.status];
  if (status === undefined) return [];
  const images = status === 'succeeded' ? pushedImages(build) : listedImages(build);
  const told = { status, ...circumstances(build) };
  const commit = build.substitutions?.COMMIT_SHA ?? '';
  const ofCommits = isCommitSha(commit) ? underCommit(images, commit) : images.filter(isOfCommit);
  const others = status === 'succeeded' ? images.filter(image => !isOfCommit(image)) : [];
  return [...ofCommits, ...others].map(({ digest, ...image }) => ({
    image,
    ...told,
    ...(digest !== undefined && { digest }),
  }));
}

/** The part of a Build that {@link parseCloudBuild} reads, as JSON. @throws {PermanentError} as it does. */
export function trimCloudBuild(body: string): { readonly status: string; readonly body: string } {
  const build = readPayload(Build, body, 'Cloud Build notice');
  return { status: build.status, body: JSON.stringify(build) };
}

/** What was pushed, with the digests; only there once the build succeeded. */
function pushedImages({ results }: Build): Image[] {
  return (results?.images ?? []).flatMap(({ name, digest }) => {
    const known = digest !== undefined && isDigest(digest) ? digest : undefined;
    return named(name).map(image => ({ ...image, ...(known !== undefined && { digest: known }) }));
  });
}

/** What the build means to push. */
function listedImages({ images }: Build): Image[] {
  return (images ?? []).flatMap(named);
}

/** A name without a tag is pushed as `latest`. What headway cannot have as an image is left out. */
function named(name: string): Image[] {
  const image = parseImageReference(name);
  if (image === undefined || image.digest !== undefined) return [];
  return [{ ...image, tag: image.tag ?? 'latest' }];
}

/** Each repository once, under the commit: with the digest pushed under it, else the only one pushed. */
function underCommit(images: readonly Image[], commit: string): Image[] {
  return [...Map.groupBy(images, repositoryName).values()].flatMap(group => {
    const exact = group.find(({ tag }) => tag === commit);
    if (exact !== undefined) return [exact];
    const digests = new Set(group.map(({ digest }) => digest));
    return digests.size === 1 ? group.slice(0, 1).map(image => ({ ...image, tag: commit })) : [];
  });
}

function isOfCommit({ tag }: Image): boolean {
  return isCommitSha(tag);
}

function circumstances({ id, status, statusDetail, failureInfo, ...build }: Build) {
  const branch = build.substitutions?.BRANCH_NAME;
  const repo = build.source?.gitSource?.url;
  const message = failureInfo?.detail || statusDetail || REASONS[status];
  return {
    buildId: id,
    ...(repo !== undefined && { repo }),
    ...(branch !== undefined && branch !== '' && { branch }),
    ...(build.startTime !== undefined && { startedAt: new Date(build.startTime).toISOString() }),
    ...(STATUSES[status] === 'failed' && message !== undefined && { message: message.slice(0, 4_000) }),
  };
}
