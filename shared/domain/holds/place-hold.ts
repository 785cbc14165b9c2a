import { instant } from '../claims.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { HoldEnd, HoldScope, StandingHold } from '../documents/hold.ts';
import { isTag } from '../names/image-reference.ts';
import { scopeText } from './judge-holds.ts';

export type HoldWish = {
  readonly number: number;
  readonly by: string;
  readonly why: string;
  readonly scope: HoldScope;
  readonly until?: HoldEnd | undefined;
  /** Whether it stands since its tag was taken back. */
  readonly rollback?: boolean | undefined;
  /** The repos whose branches or Git tags the tags under it follow. */
  readonly follows?: readonly string[] | undefined;
  readonly now: number;
};
export type Placed =
  | { readonly kind: 'placed'; readonly hold: StandingHold }
  | { readonly kind: 'refused'; readonly reason: string };

type Named = Pick<Configuration, 'images' | 'tags' | 'targets' | 'repos' | 'gates'>;

/**
 * A hold over what there is, with an end that can come: a name that leads nowhere would hold nothing, or for ever. A tag
 * need not be one of the configuration's: people promote images to any.
 */
export function placeHold(configuration: Named, wish: HoldWish): Placed {
  const { number, by, why, scope, until, rollback, now } = wish;
  const reason = unknownScope(configuration, scope) ?? impossibleEnd(configuration, wish);
  if (reason !== undefined) return { kind: 'refused', reason };
  const since = instant(now);
  const more = { ...(until !== undefined && { until }), ...(rollback === true && { rollback }) };
  return { kind: 'placed', hold: { number, scope, by, why, since, state: 'standing', ...more } };
}

function unknownScope({ images, tags, targets }: Named, scope: HoldScope): string | undefined {
  const image = 'image' in scope ? scope.image : undefined;
  if (image !== undefined && !Object.hasOwn(images, image)) return unknown('image', image);
  if (scope.kind === 'tag') {
    if (!isTag(scope.tag)) return `"${scope.tag}" is not a tag`;
    const named = Object.hasOwn(tags, scope.tag) ? tags[scope.tag] : undefined;
    if (image !== undefined && named?.images.includes(image) === false) {
      return `the configuration does not give tag "${scope.tag}" to image "${image}"`;
    }
  }
  if ('target' in scope && !Object.hasOwn(targets, scope.target)) return unknown('target', scope.target);
  return undefined;
}

function impossibleEnd(configuration: Named, { until, now, ...wish }: HoldWish): string | undefined {
  switch (until?.kind) {
    case 'moment':
      return until.at <= instant(now) ? `it is to end at ${until.at}, which has passed` : undefined;
    case 'commit':
      return neverThere(configuration, wish, until);
    case 'gate':
      return neverAsked(configuration, until);
    default:
      return undefined;
  }
}

type Until<K extends HoldEnd['kind']> = Extract<HoldEnd, { kind: K }>;

function neverThere(
  configuration: Named,
  { scope, follows = [] }: Pick<HoldWish, 'scope' | 'follows'>,
  { repo }: Until<'commit'>,
): string | undefined {
  if (!Object.hasOwn(configuration.repos, repo)) return unknown('repo', repo);
  if (follows.includes(repo)) return undefined;
  return `${scopeText(scope)} follows no branch or Git tag of repo "${repo}", and would never come to its commit; have it end otherwise`;
}

function neverAsked({ gates, images }: Named, { gate, image }: Until<'gate'>): string | undefined {
  const settings = Object.hasOwn(gates, gate) ? gates[gate] : undefined;
  if (settings === undefined) return unknown('gate', gate);
  if (!Object.hasOwn(images, image)) return unknown('image', image);
  if (settings.kind === 'approval') {
    return `gate "${gate}" asks people, about one promotion or for one tag; have it end otherwise`;
  }
  if (settings.images?.includes(image) !== false) return undefined;
  return `gate "${gate}" is not asked about image "${image}"; have it end otherwise`;
}

function unknown(what: string, name: string): string {
  return `the configuration has no ${what} "${name}"`;
}
