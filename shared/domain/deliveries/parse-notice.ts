import { z } from 'zod';
import { CommitSha } from '../names/commit-sha.ts';
import { Digest } from '../names/digest.ts';
import { type ImageReference, isTag, parseImageReference } from '../names/image-reference.ts';
import { readPayload } from './read-payload.ts';
import { shortMessage } from './short-message.ts';

/** "This image was built for this commit", from whoever builds it. */
export type BuildNotice = {
  readonly image: ImageReference & { readonly tag: string };
  readonly status: 'building' | 'succeeded' | 'failed';
  /** The Git URL of the repository that the commit is of. */
  readonly repo?: string;
  readonly branch?: string;
  readonly digest?: string;
  readonly buildId?: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly startedAt?: string;
  readonly parentDigest?: string;
  /** Why it failed, in the builder's words; a long one without its middle. */
  readonly message?: string;
  /** What headway's own builder names it by, whatever tag it was pushed under. */
  readonly own?: { readonly image: string; readonly commit: string };
};

/** The words of the builders we know, Cloud Build's among them; in any case. */
const STATUSES: ReadonlyMap<string, BuildNotice['status']> = new Map([
  ...['success', 'succeeded'].map(word => [word, 'succeeded'] as const),
  ...['failure', 'failed', 'error', 'internal_error', 'timeout', 'cancelled', 'expired'].map(
    word => [word, 'failed'] as const,
  ),
  ...['working', 'building', 'queued', 'pending'].map(word => [word, 'building'] as const),
]);

const ImageName = z.string().transform((text, context): ImageReference => {
  const image = parseImageReference(text);
  if (image !== undefined && image.tag === undefined && image.digest === undefined) return image;
  context.addIssue('expected an image repository without tag or digest, such as ghcr.io/acme/web');
  return z.NEVER;
});
const Status = z.string().transform((text, context): BuildNotice['status'] => {
  const status = STATUSES.get(text.toLowerCase());
  if (status !== undefined) return status;
  context.addIssue('expected success, failure or working');
  return z.NEVER;
});
/** Go's encoders write a field that is not set as an empty text. */
const orEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess(value => (value === '' || value === null ? undefined : value), schema.optional());

const Payload = z.object({
  image_name: ImageName,
  tag: z.string().refine(isTag, 'expected an image tag: the full commit'),
  repo: orEmpty(z.string()),
  branch: orEmpty(z.string()),
  status: orEmpty(Status),
  digest: orEmpty(Digest),
  build_id: orEmpty(z.string().max(200)),
  started_at: orEmpty(z.iso.datetime({ offset: true })),
  parent_digest: orEmpty(Digest),
  message: orEmpty(z.string().transform(shortMessage)),
  image: orEmpty(z.string()),
  commit: orEmpty(CommitSha),
});

/**
 * Reads `{ image_name, tag, repo }` as Skia's task drivers send it, sent when the image is there; with `digest`,
 * `branch`, `status`, `build_id`, `started_at`, `parent_digest` and `message` where the builder tells them. Other fields do
 * not matter.
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseNotice(body: string): BuildNotice {
  const payload = readPayload(Payload, body, 'build notice');
  const { image_name, tag, repo, branch, status, digest, build_id, started_at, parent_digest, message } =
    payload;
  const { image, commit } = payload;
  return {
    image: { ...image_name, tag },
    status: status ?? 'succeeded',
    ...(repo !== undefined && { repo }),
    ...(branch !== undefined && { branch }),
    ...(digest !== undefined && { digest }),
    ...(build_id !== undefined && { buildId: build_id }),
    ...(started_at !== undefined && { startedAt: new Date(started_at).toISOString() }),
    ...(parent_digest !== undefined && { parentDigest: parent_digest }),
    ...(message !== undefined && { message }),
    ...(image !== undefined && commit !== undefined && { own: { image, commit } }),
  };
}
