import { formatImageReference, parseImageReference } from '../../../domain/names/image-reference.ts';
import type { Answer, Found, Observation, Order, Target } from '../../../ports/target.ts';
import type { AccessToken } from '../../google/access-token.ts';
import { createHttp } from '../../http/http.ts';
import { answerOf, observationOf } from '../outcome.ts';
import { type AdminApi, createAdminApi } from './admin-api.ts';
import { REVISION, type Revision, type RunService, shortName } from './resources.ts';
import {
  aimOf,
  containerOf,
  type Followed,
  heldReason,
  isReady,
  judgeServing,
  moveTraffic,
  servingRevision,
  unsettled,
} from './standing.ts';

export type CloudRunTargetOptions = {
  readonly project: string;
  readonly region: string;
  /** Of the Admin API; `https://run.googleapis.com` when absent. */
  readonly endpoint?: string | undefined;
  readonly token: AccessToken;
  /** Milliseconds for one answer. */
  readonly deadline?: number;
  /** Milliseconds between two looks at what Cloud Run is doing. */
  readonly lookAgain?: number;
};

/**
 * Services of Cloud Run in one region of a project, which exist already. A deploy changes the image of one container
 * of the template and nothing else. Where the traffic follows the newest revision, Cloud Run moves it once that is
 * ready; where it is pinned to a revision, it is moved here, once the new one is ready. A digest that a ready
 * revision has already, as in a rollback, gets the traffic without a new revision, and the traffic is pinned then.
 *
 * Traffic that a person split between revisions, and a container with another image, are left alone.
 */
export function createCloudRunTarget({
  deadline = 30_000,
  lookAgain = 1_000,
  ...options
}: CloudRunTargetOptions): Target {
  const http = createHttp({ userAgent: 'headway' });
  const api = createAdminApi({ ...options, http, deadline, lookAgain });
  return {
    async list(signal) {
      const found: Found[] = [];
      for (const service of await api.services(signal)) found.push(...(await foundIn(api, service, signal)));
      return found.sort((a, b) => (a.workload < b.workload ? -1 : a.workload > b.workload ? 1 : 0));
    },

    observe: (name, service, image) =>
      observationOf(async () => {
        const found = await api.service(service.workload ?? name);
        const followed = { container: service.container, image };
        return found === undefined ? { state: 'absent' } : await look(api, { service: found, followed });
      }),

    deploy: (order, signal) =>
      answerOf(async () => {
        signal.throwIfAborted();
        const name = order.service.workload ?? order.name;
        const found = await api.service(name, signal);
        if (found !== undefined) return await deploy(api, { order, service: found, signal });
        const where = `project "${options.project}" in ${options.region}`;
        return {
          kind: 'failed',
          reason: `Cannot deploy "${order.name}": there is no service "${name}" in ${where}; create it first`,
        };
      }),
  };
}

async function look(
  api: AdminApi,
  { service, followed }: { readonly service: RunService; readonly followed: Followed },
): Promise<Observation> {
  const held = heldReason(service, followed);
  if (held !== undefined) return { state: 'held', reason: held };
  const early = unsettled(service);
  if (early?.state === 'updating') return early;
  const seen = judgeServing(service, { revision: await serving(api, service), followed });
  // Cloud Run keeps what served before a failed update: that is so, whoever else was wanted.
  const isWanted = seen.state === 'running' && seen.digest === (followed.image.digest ?? seen.digest);
  return isWanted ? seen : (early ?? seen);
}

type Deploy = { readonly order: Order; readonly service: RunService; readonly signal: AbortSignal };

async function deploy(api: AdminApi, { order, service, signal }: Deploy): Promise<Answer> {
  const followed = { container: order.service.container, image: order.image };
  const held = heldReason(service, followed);
  if (held !== undefined) return { kind: 'held', reason: held };
  const { template } = service;
  const container = containerOf(template.containers, followed);
  if (container === undefined) return noContainer(order, service);
  const { registry, repository, digest } = order.image;
  const image = formatImageReference({ registry, repository, digest });
  const early = unsettled(service);
  if (early?.state === 'updating' && container.image === image && aimOf(service).kind === 'latest') {
    return { kind: 'accepted', note: 'it is on its way' };
  }
  const revisions = await api.revisions(service, signal);
  const current = shortName(servingRevision(service) ?? '');
  const has = (all: readonly Revision[]) =>
    all.filter(one => isReady(one) && containerOf(one.containers, followed)?.image === image);
  const ready = has(revisions);
  if (ready.some(({ name }) => shortName(name) === current) && early === undefined) {
    return { kind: 'accepted', note: 'it runs already' };
  }
  const [newest] = ready;
  if (newest !== undefined) {
    await moveTo(api, newest.name, { service, signal });
    return { kind: 'accepted', note: `the traffic was moved to revision ${shortName(newest.name)}` };
  }
  const { revision: _, ...kept } = template;
  const containers = template.containers.map(one => (one === container ? { ...one, image } : one));
  const anew = container.image === image;
  await api.patchTemplate({ ...kept, containers }, { service, signal, anew });
  if (aimOf(service).kind === 'latest') return { kind: 'accepted' };
  const after = await api.service(shortName(service.name), signal);
  const [made] = after === undefined ? [] : has(await api.revisions(after, signal));
  if (after === undefined || made === undefined) {
    const name = shortName(service.name);
    return { kind: 'failed', reason: `Cannot move the traffic of "${name}": its new revision is not ready` };
  }
  await moveTo(api, made.name, { service: after, signal });
  return { kind: 'accepted' };
}

function moveTo(api: AdminApi, revision: string, change: Omit<Deploy, 'order'>): Promise<void> {
  const all = { type: REVISION, revision: shortName(revision), percent: 100 };
  return api.patchTraffic(moveTraffic(change.service, all), change);
}

async function serving(api: AdminApi, service: RunService, signal?: AbortSignal) {
  const name = servingRevision(service);
  return name === undefined ? undefined : await api.revision(service, name, signal);
}

/** The template is what is declared; the revision that serves is asked for only where it may be another. */
async function foundIn(api: AdminApi, service: RunService, signal: AbortSignal): Promise<Found[]> {
  const { latestCreatedRevision, latestReadyRevision, template } = service;
  const early = unsettled(service);
  const isNewest = servingRevision(service) === latestCreatedRevision && early === undefined;
  const isPlain = isNewest && latestReadyRevision === latestCreatedRevision;
  const running = isPlain ? template.containers : ((await serving(api, service, signal))?.containers ?? []);
  return template.containers.flatMap((container, index) => {
    const image = parseImageReference(container.image);
    if (image === undefined) return [];
    const other = running.find(({ name }) => name === container.name) ?? running[index];
    const digest = other && parseImageReference(other.image)?.digest;
    return [
      {
        workload: shortName(service.name),
        ...(template.containers.length > 1 && container.name !== undefined && { container: container.name }),
        image,
        ...(digest !== undefined && { digest }),
        updating: early?.state === 'updating',
        labels: { ...service.annotations, ...service.labels },
      },
    ];
  });
}

function noContainer({ name, service }: Order, { template, name: full }: RunService): Answer {
  const there = template.containers.map(({ name: own, image }) => own ?? image).join(', ');
  const what = service.container === undefined ? 'with this image' : `named "${service.container}"`;
  const reason = `Cannot deploy "${name}": service "${shortName(full)}" has no container ${what}, only ${there}; name it as container of the service`;
  return { kind: 'failed', reason };
}
