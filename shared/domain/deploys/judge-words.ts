import { instant } from '../claims.ts';
import type { Service, Version } from '../documents/service.ts';
import type { Tag } from '../documents/tag.ts';

/** Who says it and why. */
export type Said = { readonly by: string; readonly why: string; readonly now: number };
export type Ruling =
  | { readonly kind: 'done'; readonly service: Service }
  | { readonly kind: 'refused'; readonly reason: string };

/** The service goes on: what failed there, or was taken back, may be tried once more. */
export function releaseService(
  service: Service,
  { now, held }: Pick<Said, 'now'> & { /** Whether a person held it. */ readonly held: boolean },
): Ruling {
  if (!held && service.hold === undefined && service.refused === undefined) {
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
 * The service goes back to what ran before, or to a digest that was named, at once. The commit that its tag points to
 * is not deployed here again, however often it is built: the way forward is something newer, or a release.
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
  const refused = { digest: wish.digest, commit: wish.commit, at, reason: `${by}: ${why}`, by, back: to };
  return { kind: 'done', service: { ...service, hold: undefined, refused, due: at } };
}
