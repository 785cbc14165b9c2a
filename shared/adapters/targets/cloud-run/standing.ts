import {
  type ImageReference,
  parseImageReference,
  sameRepository,
} from '../../../domain/names/image-reference.ts';
import type { Observation } from '../../../ports/target.ts';
import {
  type Container,
  LATEST,
  type Revision,
  type RunService,
  shortName,
  type Traffic,
} from './resources.ts';

export type Followed = { readonly container: string | undefined; readonly image: ImageReference };

/** Where the traffic goes as it is asked for: to whatever is newest and ready, to one revision, or to several. */
export type Aim =
  | { readonly kind: 'latest' }
  | { readonly kind: 'pinned'; readonly revision: string }
  | { readonly kind: 'split' };

export function aimOf({ traffic }: RunService): Aim {
  const shares = traffic.filter(({ percent }) => percent > 0);
  const [only] = shares;
  if (shares.length > 1) return { kind: 'split' };
  // No traffic at all in the document is Cloud Run's way to say the newest.
  if (only === undefined || only.type === LATEST || only.revision === undefined) return { kind: 'latest' };
  return { kind: 'pinned', revision: only.revision };
}

/** The revision that should serve and, unless something is wrong, does. */
export function servingRevision(service: RunService): string | undefined {
  const aim = aimOf(service);
  return aim.kind === 'pinned' ? aim.revision : service.latestReadyRevision;
}

/** The container that follows the image: the named one, the only one, or the one with this repository. */
export function containerOf(
  containers: readonly Container[],
  { container, image }: Followed,
): Container | undefined {
  if (container !== undefined) return containers.find(({ name }) => name === container);
  if (containers.length === 1) return containers[0];
  return containers.find(one => isOf(one, image));
}

export function isOf(container: Container, image: ImageReference): boolean {
  const found = parseImageReference(container.image);
  return found !== undefined && sameRepository(found, image);
}

/** Why a person's word stands in the way, as long as it does. */
export function heldReason(service: RunService, followed: Followed): string | undefined {
  const name = shortName(service.name);
  if (aimOf(service).kind === 'split') {
    return `service "${name}" has its traffic split between revisions; send all of it to one, and it goes on`;
  }
  const found = containerOf(service.template.containers, followed);
  if (found === undefined || isOf(found, followed.image)) return undefined;
  return `service "${name}" runs "${found.image}", which is another image; set it back, and it goes on`;
}

/** What the service says about itself before it is asked which revision serves; nothing when it is settled. */
export function unsettled(service: RunService): Observation | undefined {
  const { terminalCondition: condition, reconciling } = service;
  const name = shortName(service.name);
  const message = condition?.message ?? condition?.reason ?? '';
  const state = condition?.state;
  if (reconciling || (state !== 'CONDITION_SUCCEEDED' && state !== 'CONDITION_FAILED')) {
    return {
      state: 'updating',
      reason: `service "${name}" is being updated${message === '' ? '' : `: ${message}`}`,
    };
  }
  // Once the traffic is pinned, a newer revision that failed is nobody's concern.
  if (state === 'CONDITION_FAILED' && aimOf(service).kind === 'latest') {
    return {
      state: 'failed',
      reason: `service "${name}" could not be updated: ${message || 'it does not say why'}`,
    };
  }
  return undefined;
}

/** What the revision that should serve says. */
export function judgeServing(
  service: RunService,
  { revision, followed }: { readonly revision: Revision | undefined; readonly followed: Followed },
): Observation {
  const name = shortName(service.name);
  if (revision === undefined) {
    return { state: 'failed', reason: `service "${name}" has no revision that could serve; deploy it again` };
  }
  const short = shortName(revision.name);
  const ready = revision.conditions.find(({ type }) => type === 'Ready');
  if (ready?.state === 'CONDITION_FAILED') {
    return {
      state: 'failed',
      reason: `revision "${short}" is not ready: ${ready.message ?? 'it does not say why'}`,
    };
  }
  if (!serves(service, short)) {
    return {
      state: 'updating',
      reason: `the traffic of "${name}" has not all moved to revision "${short}" yet`,
    };
  }
  const container = containerOf(revision.containers, followed);
  const image = container && parseImageReference(container.image);
  if (image?.digest !== undefined) return { state: 'running', digest: image.digest };
  const runs =
    container === undefined ? 'no container with this image' : `"${container.image}", not a digest`;
  return { state: 'unhealthy', reason: `revision "${short}" runs ${runs}` };
}

export function isReady({ conditions }: Revision): boolean {
  return conditions.find(({ type }) => type === 'Ready')?.state === 'CONDITION_SUCCEEDED';
}

/** All of the traffic to this revision; addresses of revisions by tag are kept. */
export function moveTraffic({ traffic }: RunService, revision: Traffic): Traffic[] {
  const tagged = traffic.filter(({ tag }) => tag !== undefined).map(one => ({ ...one, percent: 0 }));
  return [...tagged, revision];
}

function serves({ trafficStatuses }: RunService, revision: string): boolean {
  const shares = trafficStatuses.filter(({ percent }) => percent > 0);
  return shares.every(one => one.type === LATEST || one.revision === revision);
}
