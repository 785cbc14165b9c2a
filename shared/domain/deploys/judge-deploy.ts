import { instant, isClaimed } from '../claims.ts';
import type { Deploy, Service, Version } from '../documents/service.ts';
import type { Standing, Tag } from '../documents/tag.ts';
import type { Claim } from '../documents/waiting.ts';
import type { Wait } from './judge-start.ts';
import { type Older, stillRefused } from './still-refused.ts';

export type DeployVerdict =
  | { readonly kind: 'deploy'; readonly service: Service; readonly deploy: Deploy; readonly to: Version }
  /** Begun before: see how far it is, and `ask` the target again unless it has accepted, or is `held`. */
  | {
      readonly kind: 'resume';
      readonly service: Service;
      readonly to: Version;
      readonly ask: boolean;
      readonly held?: Wait | undefined;
    }
  | { readonly kind: 'leave'; readonly service?: Service };

/** The service as it is when there is nothing to do for it. */
export function rest(service: Service): Service {
  return { ...service, due: undefined, claim: undefined, pastHold: undefined };
}

export type Rules = {
  readonly claim: Claim;
  readonly now: number;
  /** Why a new digest has to wait, if it has to. */
  readonly wait?: (to: Version) => Wait | undefined;
  /** What people hold of it. A deploy that has begun goes on to its end. */
  readonly held?: (to: Version) => Wait | undefined;
  readonly older?: Older | undefined;
};

/**
 * What follows for a service from where its tag stands: the newest wish wins, one deploy at a time. What failed is
 * not tried again; the way back is a deploy like any other, and waits for nothing. Where a person took the tag back
 * from what runs here, nothing but a hold is in the way either.
 */
export function judgeDeploy(
  found: Service | undefined,
  tag: Tag | undefined,
  { claim, now, wait, held, older }: Rules,
): DeployVerdict {
  if (found === undefined || isClaimed(found, now)) return { kind: 'leave' };
  const service = stillRefused(found, tag?.observed, older);
  if (isHeld(service, now) && service.pastHold === undefined)
    return { kind: 'leave', service: { ...rest(service), due: service.hold?.until } };
  const to = aim(service, tag);
  if (to === undefined) return { kind: 'leave', service: rest(service) };
  const same = service.wanted?.digest === to.digest;
  if (same && (service.phase === 'failed' || isSettled(service, to)))
    return { kind: 'leave', service: rest(service) };
  const claimed = { ...service, claim, due: claim.until, pastHold: undefined };
  const hold = service.pastHold === undefined ? held?.(to) : undefined;
  if (same) return resume(service, claimed, { asked: { ...to, at: instant(now) }, hold });
  const rollback = isBack(service, tag);
  const must = rollback ? undefined : (startOf(service, tag, wait)?.(to) ?? hold);
  if (must !== undefined) return { kind: 'leave', service: waiting(service, must) };
  const sequence = service.sequence + 1;
  const deploy: Deploy = {
    target: service.target,
    service: service.service,
    sequence,
    digest: to.digest,
    commit: to.commit,
    phase: 'dispatched',
    ...(rollback && { rollback }),
    pastHold: service.pastHold,
    dispatchedAt: instant(now),
  };
  const wanted = { ...to, at: instant(now) };
  const dispatched: Service = {
    ...claimed,
    wanted,
    phase: 'dispatched',
    message: undefined,
    pastHold: undefined,
    sequence,
  };
  const refused = rollback ? service.refused : undefined;
  return { kind: 'deploy', service: { ...dispatched, refused }, deploy, to: wanted };
}

function waiting(service: Service, { reason, until }: Wait): Service {
  return { ...rest(service), pastHold: service.pastHold, message: reason, due: instant(until) };
}

type Again = { readonly asked: Version; readonly hold: Wait | undefined };

/** The time to get there begins whenever the target is asked. What is held is only looked at, once it got there. */
function resume(service: Service, claimed: Service, { asked, hold }: Again): DeployVerdict {
  const held = service.phase === 'dispatched' || service.phase === 'accepted' ? undefined : hold;
  const ask = service.phase !== 'accepted' && held === undefined;
  const to = ask ? asked : (service.wanted ?? asked);
  return { kind: 'resume', service: { ...claimed, wanted: to }, to, ask, held };
}

/** The look that a service wants once more if its tag has moved on since, or if it has to go back. */
export function stillBehind(service: Service, tag: Tag | undefined, { now }: Pick<Rules, 'now'>): boolean {
  const to = aim(service, tag);
  return to !== undefined && !isHeld(service, now) && service.wanted?.digest !== to.digest;
}

/** Whether a person's word, which may have an end, keeps the service as it is. */
export function isHeld({ hold }: Service, now: number): boolean {
  return hold !== undefined && (hold.until === undefined || hold.until > instant(now));
}

/** What the service is to be brought to: what its tag points to, or back where that has failed. */
function aim(service: Service, tag: Tag | undefined): Version | undefined {
  const to = wish(tag?.observed);
  if (to === undefined || service.refused?.digest !== to.digest) return to;
  return service.refused.back;
}

/** Nothing is waited for where a person took the tag back from what the service runs, or is to run. */
function startOf<Start>({ wanted, observed }: Service, tag: Tag | undefined, wait: Start): Start | undefined {
  const from = tag?.observed?.takenBackFrom ?? [];
  const isTakenBack = [wanted, observed].some(
    version => version !== undefined && from.includes(version.digest),
  );
  return isTakenBack ? undefined : wait;
}

function isBack(service: Service, tag: Tag | undefined): boolean {
  return service.refused !== undefined && service.refused.digest === tag?.observed?.digest;
}

function wish(standing: Standing | undefined): Version | undefined {
  return standing === undefined
    ? undefined
    : { digest: standing.digest, commit: standing.commit, at: standing.at };
}

/** Observed running it, or back on it after what failed. */
function isSettled(service: Service, to: Version): boolean {
  const back = service.phase === 'held' && service.refused !== undefined;
  return (service.phase === 'running' || back) && service.observed?.digest === to.digest;
}
