import { instant, sooner } from '../claims.ts';
import type { HoldScope, StandingHold } from '../documents/hold.ts';

/** What somebody is about to move or to deploy. */
export type HeldTag = { readonly kind: 'tag'; readonly image: string; readonly tag: string };
export type HeldService = {
  readonly kind: 'service';
  readonly target: string;
  readonly service: string;
  readonly image: string;
};
export type Holdable = HeldTag | HeldService;

/** Whether a hold is over something. One over an image is over its tags, and over the services that run it. */
export function covers(scope: HoldScope, its: Holdable): boolean {
  switch (scope.kind) {
    case 'everything':
      return true;
    case 'image':
      return scope.image === its.image;
    case 'tag':
      return (
        its.kind === 'tag' &&
        scope.tag === its.tag &&
        (scope.image === undefined || scope.image === its.image)
      );
    case 'target':
      return its.kind === 'service' && scope.target === its.target;
    case 'service':
      return its.kind === 'service' && scope.target === its.target && scope.service === its.service;
  }
}

/** Whether its moment has come. */
export function hasPassed({ until }: StandingHold, now: number): boolean {
  return until?.kind === 'moment' && until.at <= instant(now);
}

/** The hold with its end. */
export function ended(
  hold: StandingHold,
  { by, why, now }: { readonly by: string; readonly why?: string | undefined; readonly now: number },
): StandingHold {
  return { ...hold, state: 'ended', ended: { at: instant(now), by, ...(why !== undefined && { why }) } };
}

/** Who holds it and why, as a sentence, for whoever wonders why nothing moves. */
export function heldSentence({ number, by, why, until }: StandingHold): string {
  const end = until === undefined ? '' : `, until ${endSentence(until)}`;
  return `held by ${by}: ${why}${end} (hold ${number})`;
}

export function endSentence(until: NonNullable<StandingHold['until']>): string {
  if (until.kind === 'moment') return until.at;
  if (until.kind === 'gate') return `gate ${until.gate} has passed for ${until.image}`;
  return `it has commit ${until.commit.slice(0, 12)} of ${until.repo}`;
}

/** What it is over, in a word or two. */
export function scopeText(scope: HoldScope): string {
  switch (scope.kind) {
    case 'everything':
      return 'everything';
    case 'image':
      return `image ${scope.image}`;
    case 'tag':
      return `tag ${scope.image === undefined ? '' : `${scope.image}:`}${scope.tag}`;
    case 'target':
      return `target ${scope.target}`;
    case 'service':
      return `service ${scope.target}/${scope.service}`;
  }
}

/** The next moment at which one of them ends by itself. */
export function nextEnd(holds: readonly StandingHold[]): string | undefined {
  return holds.reduce<string | undefined>(
    (next, { until }) => (until?.kind === 'moment' ? sooner(next, until.at) : next),
    undefined,
  );
}
