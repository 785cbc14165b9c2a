import type Dockerode from 'dockerode';
import { formatImageReference, repositoryName } from '../../../domain/names/image-reference.ts';
import type { BuildOrder } from '../../../ports/builder.ts';
import { unlessMissing } from '../../docker/failures.ts';
import { imageName, pullImage } from '../../docker/pull.ts';
import type { CredentialsFor } from '../../registry/credentials.ts';
import type { Transcript } from './transcript.ts';

export type CacheSources = {
  /** Ids of images, the likeliest first; none where the engine's own cache is all there is. */
  readonly ids: readonly string[];
  /** What was not there before, as the engine calls it. */
  readonly pulled: readonly string[];
};
type Finding = {
  readonly docker: Dockerode;
  readonly credentials: CredentialsFor;
  readonly transcript: Transcript;
  readonly signal: AbortSignal;
};

/** In milliseconds, for all of them: fetching what may save time must not take all of it. */
const PATIENCE = 180_000;
/** Of the engine's own images: the engine compares each step with each. */
const OWN = 100;

/**
 * Where the engine may take layers from. An engine that is told of any source looks at no other image, not even at
 * those it built itself a moment ago; so its own are named too. It goes on with the first source that has the step,
 * whatever others have further steps: what it has of the same repository comes first, the newest before all.
 * https://github.com/moby/moby/blob/v20.10.24/image/cache/cache.go
 *
 * @throws the signal's reason. What cannot be had is told, and left out.
 */
export async function findCacheSources(
  { image: { registry, repository }, cacheFrom: wanted = [] }: BuildOrder,
  { docker, credentials, transcript, signal }: Finding,
): Promise<CacheSources> {
  const ids: string[] = [];
  const pulled: string[] = [];
  const enough = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  for (const image of wanted) {
    const name = imageName(image);
    try {
      const known = await unlessMissing(docker.getImage(name).inspect());
      if (known === undefined) {
        await pullImage(docker, image, { login: await credentials(image.registry), signal: enough });
        pulled.push(name);
      }
      ids.push((known ?? (await docker.getImage(name).inspect())).Id);
    } catch (error) {
      signal.throwIfAborted();
      transcript.write(`No layers of ${formatImageReference(image)} are reused: ${messageOf(error)}\n`);
    }
  }
  if (ids.length === 0) return { ids, pulled };
  const there = await docker.listImages().catch(() => []);
  const newest = there.toSorted((a, b) => b.Created - a.Created).slice(0, OWN);
  const same = `${repositoryName({ registry, repository })}:`;
  const isSame = ({ RepoTags }: Dockerode.ImageInfo) => (RepoTags ?? []).some(tag => tag.startsWith(same));
  const { first = [], last = [] } = Object.groupBy(newest, image => (isSame(image) ? 'first' : 'last'));
  const idsOf = (images: readonly Dockerode.ImageInfo[]) => images.map(({ Id }) => Id);
  return { ids: [...new Set([...idsOf(first), ...ids, ...idsOf(last)])], pulled };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
