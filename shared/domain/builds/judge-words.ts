import { instant } from '../claims.ts';
import type { ImageConfiguration } from '../configuration/schema.ts';
import type { Build, BuildStep } from '../documents/build.ts';
import { hasEnded, howItEnded } from './has-ended.ts';
import { callOff } from './supersede.ts';

/** Who says it. */
export type Said = { readonly by: string; readonly now: number };
export type BuildRuling =
  | { readonly kind: 'done'; readonly build: Build }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * A build that has not ended is given up: whoever is at it loses it and pushes nothing more under its name. What
 * stands on it gives up when it is looked at.
 */
export function cancelBuild(build: Build, { by, why, now }: Said & { readonly why: string }): BuildRuling {
  if (hasEnded(build)) return refused(`it ${howItEnded(build)} already`);
  const off = callOff(build, { status: 'cancelled', why: `cancelled by ${by}: ${why}`, now });
  return done(off, { name: 'cancelled', at: instant(now), message: `by ${by}: ${why}` });
}

/**
 * A build that has ended waits again, for now and as if it was never tried. After a success it is built anew, also
 * where the image of an earlier commit was taken over; what it takes from another repo is looked up again. Its digest
 * stays until there is another: the image is still in the registry, tags may stand on it, and people may go back to it.
 */
export function retryBuild(
  build: Build,
  {
    by,
    now,
    parents,
    settings,
  }: Said & {
    /** The builds of the images that it takes from, at the same commit. */
    readonly parents: readonly (Build | undefined)[];
    readonly settings: ImageConfiguration | undefined;
  },
): BuildRuling {
  if (!hasEnded(build)) return refused(`it is ${build.status}`);
  if (settings === undefined) return refused('the configuration no longer names the image');
  if (settings.builder === 'none') return refused('others build this image (builder: none)');
  const lost = parents.find(parent => parent && hasEnded(parent) && parent.status !== 'succeeded');
  if (lost !== undefined) {
    return refused(`its parent ${lost.image} ${howItEnded(lost)} at this commit; retry that one first`);
  }
  const anew = { carries: undefined, reasons: [`${by} wants it built anew`] };
  const waiting = {
    ...build,
    ...(build.status === 'succeeded' && anew),
    status: 'waiting',
    due: instant(now),
    attempts: 0,
    deaths: undefined,
    claim: undefined,
    lastError: undefined,
    buildId: undefined,
    sourceCommit: undefined,
    startedAt: undefined,
    endedAt: undefined,
    noticedAt: undefined,
  } as const;
  return done(waiting, { name: 'retried', at: instant(now), message: `by ${by}` });
}

export type Aim = 'first' | 'last' | number;

/** Another place in the queue: before all that wait, behind them, or at a priority. */
export function moveBuild(
  build: Build,
  { by, now, to, waiting }: Said & { readonly to: Aim; readonly waiting: readonly Build[] },
): BuildRuling {
  if (build.status !== 'waiting') {
    return refused(build.status === 'building' ? 'it is being built' : `it ${howItEnded(build)} already`);
  }
  const others = waiting.filter(({ image, commit }) => image !== build.image || commit !== build.commit);
  const priority = priorityFor(to, others);
  const words = typeof to === 'number' ? `to priority ${to}` : `to be ${to} (priority ${priority})`;
  return done(
    { ...build, priority: priority === 0 ? undefined : priority },
    { name: 'moved', at: instant(now), message: `${words} by ${by}` },
  );
}

/** The parents that a build waits for, at its own priority where theirs is lower: it cannot go before them. */
export function raiseParents(
  parents: readonly (Build | undefined)[],
  { image, priority = 0 }: Build,
  { by, now }: Said,
): Build[] {
  return parents.flatMap(parent => {
    if (parent?.status !== 'waiting' || (parent.priority ?? 0) >= priority) return [];
    const message = `to priority ${priority}, since ${image} stands on it, by ${by}`;
    return [{ ...parent, priority, steps: [...parent.steps, { name: 'moved', at: instant(now), message }] }];
  });
}

function priorityFor(to: Aim, others: readonly Build[]): number {
  if (typeof to === 'number') return to;
  const known = others.map(({ priority = 0 }) => priority);
  // Nobody is overtaken by a word that puts nothing in front.
  return to === 'first' ? Math.max(-1, ...known) + 1 : Math.min(1, ...known) - 1;
}

function done(build: Build, step: BuildStep): BuildRuling {
  return { kind: 'done', build: { ...build, steps: [...build.steps, step] } };
}

function refused(reason: string): BuildRuling {
  return { kind: 'refused', reason };
}
