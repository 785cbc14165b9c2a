import { z } from 'zod';
import { isDigest } from '../names/digest.ts';
import { type ImageReference, isTag, parseImageReference } from '../names/image-reference.ts';
import { PermanentError } from '../permanent-error.ts';
import { readPayload } from './read-payload.ts';

/** A tag that was pushed to a registry; the digest where the registry told it. */
export type RegistryPush = {
  readonly image: ImageReference & { readonly tag: string };
  readonly digest?: string;
};

const HubPush = z.object({
  push_data: z.object({ tag: z.string().refine(isTag, 'expected an image tag') }),
  repository: z.object({
    repo_name: z
      .string()
      .refine(name => hubImage(name) !== undefined, 'expected a Docker Hub repository, such as acme/web'),
  }),
});

const Text = z.string().optional().catch(undefined);
const Envelope = z.object({
  events: z.array(
    z.object({
      action: z.string(),
      target: z
        .object({ mediaType: Text, digest: Text, repository: Text, tag: Text, url: Text })
        .optional()
        .catch(undefined),
      request: z.object({ host: Text }).optional().catch(undefined),
    }),
  ),
});
type Event = z.infer<typeof Envelope>['events'][number];

/** Images and lists of them; other pushes in an envelope are layers and configurations. */
const MANIFEST_TYPES: ReadonlySet<string | undefined> = new Set([
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
]);

/**
 * The tags that a registry says were pushed, each once, the last push of each; none when the delivery is about
 * something else (a pull, a deletion, a layer, a push without a tag).
 * https://docs.docker.com/docker-hub/repos/manage/webhooks/, https://distribution.github.io/distribution/about/notifications/
 *
 * @throws {PermanentError} naming what is wrong.
 */
export function parseRegistryPushes(kind: string, body: string): RegistryPush[] {
  if (kind === 'dockerhub') {
    const { repository, push_data } = readPayload(HubPush, body, 'Docker Hub push');
    const image = hubImage(repository.repo_name);
    return image === undefined ? [] : [{ image: { ...image, tag: push_data.tag } }];
  }
  if (kind === 'distribution') {
    const { events } = readPayload(Envelope, body, 'notification envelope');
    const pushes = events.flatMap(taggedPush);
    return [...new Map(pushes.map(push => [JSON.stringify(push.image), push])).values()];
  }
  throw new PermanentError(`Cannot read a registry push from a delivery of kind "${kind}"`);
}

function hubImage(name: string): ImageReference | undefined {
  const image = parseImageReference(`docker.io/${name}`);
  return image?.tag === undefined && image?.digest === undefined ? image : undefined;
}

function taggedPush({ action, target, request }: Event): RegistryPush[] {
  if (action !== 'push' || target?.repository === undefined || target.tag === undefined) return [];
  if (!MANIFEST_TYPES.has(target.mediaType) || !isTag(target.tag)) return [];
  // The URL follows the registry's own idea of its address; the host is what the client happened to use.
  const host = URL.parse(target.url ?? '')?.host || request?.host;
  const image = host === undefined ? undefined : parseImageReference(`${host}/${target.repository}`);
  if (image?.repository !== target.repository || image.tag !== undefined) return [];
  const { digest, tag } = target;
  return [{ image: { ...image, tag }, ...(digest !== undefined && isDigest(digest) && { digest }) }];
}
