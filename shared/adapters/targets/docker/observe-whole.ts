import type { ImageReference } from '../../../domain/names/image-reference.ts';
import { ProxyError } from '../../../ports/proxy.ts';
import type { Observation, Order } from '../../../ports/target.ts';
import { missingCompanion } from './companions.ts';
import { observe } from './observe.ts';
import { lookUp, type Place } from './standing.ts';

type Look = { readonly image: ImageReference; readonly settings: Order['service'] };

/**
 * What is so now, of the service and of what it needs to serve. A proxy that does not lead to it (it was started
 * again, or somebody else wrote to it, or the container has another address now) is told again at once.
 */
export async function observeWhole(place: Place, { image, settings }: Look): Promise<Observation> {
  const seen = await observe(place, image);
  if (seen.state !== 'running') return seen;
  const missing = await missingCompanion(place, settings);
  if (missing !== undefined) return { state: 'unhealthy', reason: missing };
  try {
    await leadToCurrent(place);
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    return { state: 'unhealthy', reason: error.message };
  }
  return seen;
}

/** A deploy may begin and end meanwhile; then requests are led to the one that it brought. */
async function leadToCurrent({ traffic, ...place }: Place): Promise<void> {
  if (traffic === undefined) return;
  const { current, next, previous } = await lookUp(place);
  if (current === undefined || next !== undefined || previous !== undefined) return;
  await traffic.to(place.docker, current.Id);
  const after = (await lookUp(place)).current;
  if (after !== undefined && after.Id !== current.Id) await traffic.to(place.docker, after.Id);
}
