import { instant } from '../claims.ts';
import type { GateConfiguration } from '../configuration/gates.ts';
import type { Deploy, Service } from '../documents/service.ts';
import { milliseconds } from '../durations.ts';
import { shortDigest } from '../names/digest.ts';

export type TimeAnswer =
  | { readonly kind: 'passed' | 'failed' | 'blocked'; readonly reason: string }
  | { readonly kind: 'waiting'; readonly reason: string; readonly until: string };

type Settings<K extends GateConfiguration['kind']> = Extract<GateConfiguration, { kind: K }>;

/** How often somebody looks whether a service has come to run what is waited for. */
const LOOK_MS = 30_000;

/** Whether an image is old enough. One whose age nobody knows is not. */
export function judgeAge(
  { atLeast }: Pick<Settings<'age'>, 'atLeast'>,
  builtAt: string | undefined,
  now: number,
): TimeAnswer {
  if (builtAt === undefined) {
    return { kind: 'blocked', reason: 'nobody knows when it was built: no build of it is on record' };
  }
  const until = instant(Date.parse(builtAt) + milliseconds(atLeast));
  if (until <= instant(now)) return { kind: 'passed', reason: `it was built at ${builtAt}` };
  return { kind: 'waiting', reason: `it was built at ${builtAt}, and must be ${atLeast} old`, until };
}

/** What is known of a service, with its latest deploy. */
export type Watched = { readonly service: Service; readonly deploy?: Deploy | undefined };

/**
 * Whether a service was observed running the digest for long enough. Only what was observed counts; another digest, a
 * phase other than running, or having been seen not to run meanwhile begins anew.
 */
export function judgeHealthy(
  { service: name, atLeast, deadline }: Omit<Settings<'healthy-for'>, 'kind'>,
  asked: { readonly image: string; readonly digest: string; readonly since: string },
  { watched, now }: { readonly watched: readonly Watched[]; readonly now: number },
): TimeAnswer {
  const own = watched.filter(({ service }) => service.image === asked.image);
  if (own.length === 0 && watched.length > 0) {
    return { kind: 'passed', reason: `service "${name}" does not run this image` };
  }
  const since = own.map(each => runningSince(each, asked.digest)).find(found => found !== undefined);
  const healthy = since === undefined ? undefined : instant(Date.parse(since) + milliseconds(atLeast));
  if (healthy !== undefined && healthy <= instant(now)) {
    return { kind: 'passed', reason: `service "${name}" runs it since ${since}` };
  }
  const seen = since === undefined ? otherwise(name, own) : `service "${name}" runs it only since ${since}`;
  const reason = `${seen}, and must for ${atLeast}`;
  const last = instant(Date.parse(asked.since) + milliseconds(deadline));
  if (last <= instant(now)) return { kind: 'failed', reason: `${reason}; that is too late by now` };
  const look = instant(now + LOOK_MS);
  return { kind: 'waiting', reason, until: [healthy ?? look, last].toSorted()[0] ?? look };
}

function runningSince({ service, deploy }: Watched, digest: string): string | undefined {
  if (service.phase !== 'running' || service.observed?.digest !== digest) return undefined;
  const first = (deploy?.digest === digest ? deploy.runningAt : undefined) ?? service.observed.at;
  const { notRunningAt } = service;
  return notRunningAt !== undefined && notRunningAt > first ? notRunningAt : first;
}

function otherwise(name: string, own: readonly Watched[]): string {
  const [one] = own;
  if (one === undefined) return `service "${name}" has not been seen yet`;
  const { phase, observed } = one.service;
  if (observed === undefined) return `service "${name}" is ${phase}`;
  return `service "${name}" is ${phase}, last seen running ${shortDigest(observed.digest)}`;
}
