import { instant } from '../claims.ts';
import type { Service, Version } from '../documents/service.ts';
import type { Tag } from '../documents/tag.ts';

/** Who says it and why. */
export type Said = { readonly by: string; readonly why: string; readonly now: number };
export type Ruling =
  | { readonly kind: 'done'; readonly service: Service }
  | { readonly kind: 'refused'; readonly reason: string };

/** The service stays as it is: automation stops in front of it until it is released, or until then. */
export function holdService(
  service: Service,
  { by, why, now, until }: Said & { readonly until?: string },
): Ruling {
  if (until !== undefined && until <= instant(now)) {
    return { kind: 'refused', reason: `it is to end at ${until}, which has passed` };
  }
  const hold = { by, why, since: instant(now), ...(until !== undefined && { until }) };
  return { kind: 'done', service: { ...service, hold, due: until ?? service.due } };
}

/** The service goes on: nothing holds it, and what failed there may be tried once more. */
export function releaseService(service: Service, now: number): Ruling {
  if (service.hold === undefined && service.refused === undefined) {
    return { kind: 'refused', reason: 'nothing holds it' };
  }
  const phase = service.phase === 'failed' || service.phase === 'held' ? 'unknown' : service.phase;
  return {
    kind: 'done',
    service: {
      ...service,
      hold: undefined,
      refused: undefined,
      phase,
      message: undefined,
      due: instant(now),
    },
  };
}

/**
 * The service goes back to what ran before, or to a digest that was named, at once. What its tag points to is not
 * deployed here again: the way forward is something newer, or a release.
 */
export function rollBackService(
  service: Service,
  {
    by,
    why,
    now,
    tag,
    to = service.previous,
  }: Said & { readonly tag: Tag | undefined; readonly to?: Version },
): Ruling {
  const wish = tag?.observed;
  if (wish === undefined)
    return { kind: 'refused', reason: 'its tag was never seen, so there is nothing to go back from' };
  if (to === undefined) {
    return {
      kind: 'refused',
      reason: 'nothing is known to have run before; name the commit or digest to go back to',
    };
  }
  if (to.digest === wish.digest) return { kind: 'refused', reason: 'its tag points to that very digest' };
  const at = instant(now);
  const refused = { digest: wish.digest, commit: wish.commit, at, reason: `${by}: ${why}`, back: to };
  return { kind: 'done', service: { ...service, hold: undefined, refused, due: at } };
}
