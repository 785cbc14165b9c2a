import { instant } from '../claims.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { HoldEnd, HoldScope, StandingHold } from '../documents/hold.ts';

export type HoldWish = {
  readonly number: number;
  readonly by: string;
  readonly why: string;
  readonly scope: HoldScope;
  readonly until?: HoldEnd | undefined;
  readonly now: number;
};
export type Placed =
  | { readonly kind: 'placed'; readonly hold: StandingHold }
  | { readonly kind: 'refused'; readonly reason: string };

type Named = Pick<Configuration, 'images' | 'tags' | 'targets' | 'repos' | 'gates'>;

/** A hold over what there is, with an end that can come: a name that leads nowhere would hold nothing, or for ever. */
export function placeHold(configuration: Named, wish: HoldWish): Placed {
  const { number, by, why, scope, until, now } = wish;
  const reason = unknownScope(configuration, scope) ?? impossibleEnd(configuration, until, now);
  if (reason !== undefined) return { kind: 'refused', reason };
  const since = instant(now);
  return {
    kind: 'placed',
    hold: { number, scope, by, why, since, state: 'standing', ...(until !== undefined && { until }) },
  };
}

function unknownScope({ images, tags, targets }: Named, scope: HoldScope): string | undefined {
  const image = 'image' in scope ? scope.image : undefined;
  if (image !== undefined && !Object.hasOwn(images, image)) return unknown('image', image);
  if (scope.kind === 'tag') {
    if (!Object.hasOwn(tags, scope.tag)) return unknown('tag', scope.tag);
    if (image !== undefined && !tags[scope.tag]?.images.includes(image)) {
      return `the configuration does not give tag "${scope.tag}" to image "${image}"`;
    }
  }
  if ('target' in scope && !Object.hasOwn(targets, scope.target)) return unknown('target', scope.target);
  return undefined;
}

function impossibleEnd(
  { images, repos, gates }: Named,
  until: HoldEnd | undefined,
  now: number,
): string | undefined {
  if (until === undefined) return undefined;
  if (until.kind === 'moment') {
    return until.at <= instant(now) ? `it is to end at ${until.at}, which has passed` : undefined;
  }
  if (until.kind === 'commit') {
    return Object.hasOwn(repos, until.repo) ? undefined : unknown('repo', until.repo);
  }
  if (!Object.hasOwn(gates, until.gate)) return unknown('gate', until.gate);
  return Object.hasOwn(images, until.image) ? undefined : unknown('image', until.image);
}

function unknown(what: string, name: string): string {
  return `the configuration has no ${what} "${name}"`;
}
