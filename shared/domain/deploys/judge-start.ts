import { instant } from '../claims.ts';
import type { Freeze, ServiceConfiguration } from '../configuration/schema.ts';
import type { Service, Version } from '../documents/service.ts';
import { milliseconds } from '../durations.ts';

/** Why a deploy does not begin yet, and when to look again, in epoch milliseconds. */
export type Wait = { readonly reason: string; readonly until: number };

export type Start = {
  readonly settings: ServiceConfiguration;
  readonly freezes: readonly Freeze[];
  /** When the next of its windows opens; nothing while one is open. */
  readonly opens: number | undefined;
  /** The services of the wave before, by name; nothing where one has no document. */
  readonly before: ReadonlyMap<string, Service | undefined>;
  readonly now: number;
};

const WAVE_LOOK_MS = 30_000;

/** Whether a service may be brought to a version now. Nothing means that it may. */
export function judgeStart(to: Version, start: Start): Wait | undefined {
  return inFreeze(start) ?? outsideWindow(start) ?? tooYoung(to, start) ?? behindWave(to, start);
}

function inFreeze({ freezes, now }: Start): Wait | undefined {
  const ends = freezes
    .filter(({ from, until }) => Date.parse(from) <= now && now < Date.parse(until))
    .toSorted((a, b) => Date.parse(b.until) - Date.parse(a.until))[0];
  if (ends === undefined) return undefined;
  return {
    reason: `waits until ${instant(Date.parse(ends.until))}: ${ends.why}`,
    until: Date.parse(ends.until),
  };
}

function outsideWindow({ opens }: Start): Wait | undefined {
  return opens === undefined
    ? undefined
    : { reason: `waits for its window, which opens at ${instant(opens)}`, until: opens };
}

function tooYoung(to: Version, { settings, now }: Start): Wait | undefined {
  if (settings.minimumAge === undefined) return undefined;
  const until = Date.parse(to.at) + milliseconds(settings.minimumAge);
  return until <= now
    ? undefined
    : { reason: `waits until ${instant(until)}, when it is ${settings.minimumAge} old`, until };
}

function behindWave(to: Version, { settings, before, now }: Start): Wait | undefined {
  const pause = milliseconds(settings.pause);
  for (const [name, service] of before) {
    if (service?.observed === undefined || !isThere(service, to, settings)) {
      return { reason: `waits for "${name}", which is ${stateOf(service)}`, until: now + WAVE_LOOK_MS };
    }
    const until = Date.parse(service.observed.at) + pause;
    if (until > now) {
      return { reason: `waits until "${name}" has run for ${settings.pause}`, until };
    }
  }
  return undefined;
}

/** Observed running this very digest where it follows the same tag, and otherwise what it wants. */
function isThere(service: Service, to: Version, { image, tag }: ServiceConfiguration): boolean {
  const aim = service.image === image && service.tag === tag ? to.digest : service.wanted?.digest;
  return service.phase === 'running' && service.observed?.digest === aim;
}

function stateOf(service: Service | undefined): string {
  if (service === undefined) return 'not known';
  const is = service.phase === 'running' ? 'not there yet' : service.phase;
  return service.message === undefined ? is : `${is}: ${service.message}`;
}
