import type Dockerode from 'dockerode';
import { formatImageReference, type ImageReference } from '../../../domain/names/image-reference.ts';
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
 * those it built itself a moment ago; so its own are named too, behind the others.
 * https://github.com/moby/moby/blob/v20.10.24/image/cache/cache.go
 *
 * @throws the signal's reason. What cannot be had is told, and left out.
 */
export async function findCacheSources(
  wanted: readonly ImageReference[],
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
  const own = await docker.listImages().catch(() => []);
  const newest = own.toSorted((a, b) => b.Created - a.Created).slice(0, OWN);
  return { ids: [...new Set([...ids, ...newest.map(({ Id }) => Id)])], pulled };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
