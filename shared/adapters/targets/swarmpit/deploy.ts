import { type ImageReference, repositoryName } from '../../../domain/names/image-reference.ts';
import type { Registry } from '../../../ports/registry.ts';
import type { Answer, Order } from '../../../ports/target.ts';
import { whyHeld } from '../swarm/hold.ts';
import { givenUp } from '../swarm/judge.ts';
import type { SwarmpitApi } from './api.ts';
import { findService, holdableOf, imageOf, rolloutOf } from './swarm-words.ts';

type Deploy = {
  readonly api: SwarmpitApi;
  readonly registry: Pick<Registry, 'head'>;
  readonly signal: AbortSignal;
};

/**
 * Redeploys by a tag that is the wanted digest now, and looks at what Swarmpit made of it: the tag may move between
 * our look and Swarmpit's.
 *
 * @throws what may pass by itself, such as that race.
 */
export async function deploy(order: Order, { api, registry, signal }: Deploy): Promise<Answer> {
  const { name, image } = order;
  const { workload = name } = order.service;
  const service = findService(await api.services(signal), workload);
  if (service === undefined) return { kind: 'failed', reason: absent(workload) };
  const held = whyHeld(holdableOf(service), image);
  if (held !== undefined) return { kind: 'held', reason: held };
  const rollout = rolloutOf(service);
  if (rollout.digest === image.digest && givenUp(rollout) === undefined) {
    return { kind: 'accepted', note: 'it is asked for already' };
  }
  const tags = tagsFor(order, imageOf(service));
  const tag = await firstThatIs(image, { tags, registry });
  if (tag === undefined) return { kind: 'failed', reason: noTag(image, tags) };
  signal.throwIfAborted();
  if (!(await api.redeploy(service, tag, signal))) return { kind: 'failed', reason: notFound(workload, tag) };
  const after = findService(await api.services(signal), workload);
  const digest = after && rolloutOf(after).digest;
  if (digest === image.digest) return { kind: 'accepted' };
  throw new Error(
    `Swarmpit brought "${workload}" to ${digest ?? 'no digest'}, not to ${image.digest}: the tag "${tag}" moved at that moment; it is looked at again`,
  );
}

/** The tag that it has stays if it may; a commit's own tag leads back to what another tag has left. */
function tagsFor({ service, commit }: Order, declared: ImageReference | undefined): string[] {
  const tags = [declared?.tag, service.tag, commit].filter(tag => tag !== undefined);
  return [...new Set(tags)];
}

async function firstThatIs(
  { registry: host, repository, digest }: Order['image'],
  { tags, registry }: { readonly tags: readonly string[]; readonly registry: Pick<Registry, 'head'> },
): Promise<string | undefined> {
  for (const tag of tags) {
    const manifest = await registry.head({ registry: host, repository, tag });
    if (manifest?.digest === digest) return tag;
  }
  return undefined;
}

function absent(workload: string): string {
  return `There is no service "${workload}" in Swarmpit; create it once with its image, or correct the workload`;
}

/** Swarmpit passes on the registry's 404 as its own. */
function notFound(workload: string, tag: string): string {
  return `Swarmpit answered 404 to the redeploy of "${workload}": it cannot see the tag "${tag}", or the service is gone; link the registry in Swarmpit to the user of the token`;
}

function noTag(image: Order['image'], tags: readonly string[]): string {
  const tried = tags.map(tag => `"${tag}"`).join(', ');
  return `Swarmpit deploys by tag only, and of ${repositoryName(image)} none of the tags ${tried} is ${image.digest} now; point one at it, or use a target of kind swarm`;
}
