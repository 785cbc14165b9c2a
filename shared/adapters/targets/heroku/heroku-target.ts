import { type ImageReference, sameRepository } from '../../../domain/names/image-reference.ts';
import type { ImageStore } from '../../../ports/image-store.ts';
import type { Answer, Found, Observation, Order, Target } from '../../../ports/target.ts';
import { createHttp } from '../../http/http.ts';
import { answerOf, observationOf } from '../outcome.ts';
import { copyImage, sourceOf } from './copy-image.ts';
import { createPlatformApi, type PlatformApi } from './platform-api.ts';
import { imageReleases, judgeDynos, judgeRelease, type Process, parseWorkload } from './releases.ts';

export type HerokuTargetOptions = {
  /** Of the Platform API. */
  readonly token: string;
  /** Heroku's registry, whose repositories are `APP/PROCESS`. */
  readonly registry: string;
  /** Logs in to both registries: where images come from, and Heroku's with `_` and the token. */
  readonly images: ImageStore;
  readonly endpoint?: string | undefined;
  /** Milliseconds for one answer of the API. */
  readonly deadline?: number;
};
type Heroku = { readonly api: PlatformApi; readonly images: ImageStore; readonly registry: string };

/**
 * Processes of Heroku apps that run images; a service's workload is `APP/PROCESS`. A deploy copies the image to Heroku's
 * registry and releases it by its id. Heroku keeps the release before when the new one's release command fails.
 *
 * Heroku knows images by their ids, so each copy says which digest it is of. An app that a person rolled back is left
 * alone until an image is released by hand.
 */
export function createHerokuTarget({
  deadline = 30_000,
  images,
  registry,
  ...options
}: HerokuTargetOptions): Target {
  const api = createPlatformApi({ ...options, http: createHttp({ userAgent: 'headway' }), deadline });
  const heroku = { api, images, registry };
  return {
    async list(signal) {
      const found: Found[] = [];
      for (const app of await api.apps(signal)) {
        for (const { type } of (await api.formation(app, signal)) ?? []) {
          const one = await foundIn(heroku, { process: { app, process: type }, signal });
          if (one !== undefined) found.push(one);
        }
      }
      return found;
    },

    observe: (name, service, image) =>
      observationOf(() => look(heroku, { process: parseWorkload(service.workload ?? name), image })),

    deploy: (order, signal) =>
      answerOf(async () => {
        signal.throwIfAborted();
        return await deploy(heroku, { order, signal });
      }),
  };
}

async function look(
  { api, images, registry }: Heroku,
  { process, image }: { readonly process: Process; readonly image: ImageReference },
): Promise<Observation> {
  const releases = await api.releases(process.app);
  if (releases === undefined) return { state: 'absent' };
  const [asked, ...earlier] = imageReleases(releases, process.process);
  if (asked === undefined) return { state: 'absent' };
  const early = judgeRelease(process, asked);
  if (early !== undefined && early.state !== 'failed') return early;
  const current = early === undefined ? asked : earlier.find(({ status }) => status === 'succeeded');
  const source = await sourceOfRelease({ images, registry }, { process, image: current?.image });
  const digest = source !== undefined && sameRepository(source, image) ? source.digest : undefined;
  // What is wanted is what Heroku went on with, although something else was tried since.
  const isWanted = digest !== undefined && digest === image.digest;
  if (early !== undefined && !isWanted) return early;
  const dynos = await api.dynos(process.app);
  const release = current?.version ?? asked.version;
  const troubled = judgeDynos(process, { dynos: dynos ?? [], release });
  if (troubled !== undefined) return troubled;
  if (digest !== undefined) return { state: 'running', digest };
  const reason = `process "${process.process}" of "${process.app}" runs image ${asked.image}, which headway did not copy`;
  return { state: 'unhealthy', reason };
}

async function deploy(
  heroku: Heroku,
  { order, signal }: { readonly order: Order; readonly signal: AbortSignal },
): Promise<Answer> {
  const { api, images, registry } = heroku;
  const place = parseWorkload(order.service.workload ?? order.name);
  const { app, process } = place;
  const releases = await api.releases(app, signal);
  if (releases === undefined) return noApp(order, app);
  const [asked] = imageReleases(releases, process);
  const early = asked === undefined ? undefined : judgeRelease(place, asked);
  if (early?.state === 'held') return { kind: 'held', reason: early.reason };
  if (early?.state !== 'failed') {
    const source = await sourceOfRelease(heroku, { process: place, image: asked?.image });
    const isSame = source?.digest === order.image.digest && sameRepository(source, order.image);
    if (isSame) return { kind: 'accepted', note: 'it runs already, or is on its way' };
  }
  const { registry: host, repository, digest } = order.image;
  const from = { registry: host, repository, digest };
  const to = { registry, repository: `${app}/${process}` };
  const imageId = await copyImage(images, { from, to, signal });
  signal.throwIfAborted();
  const released = await api.release(app, { process, imageId, signal });
  return released === undefined ? noApp(order, app) : { kind: 'accepted' };
}

type Copies = Pick<Heroku, 'images' | 'registry'>;

async function sourceOfRelease(
  { images, registry }: Copies,
  { process, image }: { readonly process: Process; readonly image: string | undefined },
): Promise<ImageReference | undefined> {
  if (image === undefined) return undefined;
  return await sourceOf(images, { to: { registry, repository: `${process.app}/${process.process}` }, image });
}

/** Nothing where no image was ever released. What headway did not copy is declared by its name at Heroku. */
async function foundIn(
  heroku: Heroku,
  { process, signal }: { readonly process: Process; readonly signal: AbortSignal },
): Promise<Found | undefined> {
  const releases = imageReleases((await heroku.api.releases(process.app, signal)) ?? [], process.process);
  const [asked] = releases;
  const current = releases.find(({ status }) => status === 'succeeded');
  if (asked === undefined) return undefined;
  const source = await sourceOfRelease(heroku, { process, image: current?.image });
  const workload = `${process.app}/${process.process}`;
  return {
    workload,
    image: source ?? { registry: heroku.registry, repository: workload },
    ...(source?.digest !== undefined && { digest: source.digest }),
    updating: asked.status === 'pending',
    labels: {},
  };
}

function noApp({ name }: Order, app: string): Answer {
  const reason = `there is no app "${app}" at Heroku that the token may see; create it, or name it as workload of the service`;
  return { kind: 'failed', reason: `Cannot deploy "${name}": ${reason}` };
}
