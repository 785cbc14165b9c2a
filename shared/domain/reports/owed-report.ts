import { hasEnded } from '../builds/has-ended.ts';
import { instant } from '../claims.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { Build } from '../documents/build.ts';
import type { Instant } from '../documents/waiting.ts';

/** Whoever ends a build has so long to report it; then somebody else does. */
const OWN_MS = 30_000;
/** What the forge did not take is tried again after so long, at least and at most. */
const SHORTEST_MS = 10_000;
const LONGEST_MS = 10 * 60_000;
/** A forge that did not take it for so long is not told any more. */
const GIVEN_UP_MS = 24 * 3_600_000;

type Settings = Pick<Configuration, 'repos'>;

/** Whether a build is shown beside its commit at the forge. */
export function isReported({ repo }: Build, { repos }: Settings): boolean {
  return repos[repo]?.report === true;
}

/**
 * The build as it is stored: one that has ended wants nothing but that its end is reported, and is due until the
 * forge has taken that.
 */
export function owingReport(build: Build, configuration: Settings, now: number): Build {
  if (!hasEnded(build) || !isReported(build, configuration)) return build;
  return { ...build, due: instant(now + OWN_MS) };
}

/** When the report of an end is tried again that was not taken just now: after as long again as it was tried. */
export function nextReport({ endedAt = '' }: Build, now: number): Instant | undefined {
  const tried = now - (Date.parse(endedAt) || now);
  if (tried > GIVEN_UP_MS) return undefined;
  return instant(now + Math.min(LONGEST_MS, Math.max(SHORTEST_MS, tried)));
}
