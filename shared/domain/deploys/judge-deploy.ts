import { instant, isClaimed } from '../claims.ts';
import type { ServiceConfiguration } from '../configuration/schema.ts';
import type { Deploy, Phase, Service, Version } from '../documents/service.ts';
import type { Standing, Tag } from '../documents/tag.ts';
import type { Claim } from '../documents/waiting.ts';
import type { Wait } from './judge-start.ts';

const LOG_LINES = 100;

export type DeployVerdict =
  | { readonly kind: 'deploy'; readonly service: Service; readonly deploy: Deploy; readonly to: Version }
  /** Begun before: see how far it is, and `ask` the target again unless it has accepted. */
  | { readonly kind: 'resume'; readonly service: Service; readonly to: Version; readonly ask: boolean }
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
};

/**
 * What follows for a service from where its tag stands: the newest wish wins, one deploy at a time. What failed is
 * not tried again; the way back is a deploy like any other, and waits for nothing.
 */
export function judgeDeploy(
  service: Service | undefined,
  tag: Tag | undefined,
  { claim, now, wait }: Rules,
): DeployVerdict {
  if (service === undefined || isClaimed(service, now)) return { kind: 'leave' };
  if (isHeld(service, now) && service.pastHold === undefined)
    return { kind: 'leave', service: { ...rest(service), due: service.hold?.until } };
  const to = aim(service, tag);
  if (to === undefined) return { kind: 'leave', service: rest(service) };
  const same = service.wanted?.digest === to.digest;
  if (same && (service.phase === 'failed' || isSettled(service, to)))
    return { kind: 'leave', service: rest(service) };
  const claimed = { ...service, claim, due: claim.until, pastHold: undefined };
  if (same) return resume(service, claimed, { ...to, at: instant(now) });
  const rollback = isBack(service, tag);
  const must = rollback ? undefined : wait?.(to);
  if (must !== undefined) {
    return {
      kind: 'leave',
      service: {
        ...rest(service),
        pastHold: service.pastHold,
        message: must.reason,
        due: instant(must.until),
      },
    };
  }
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

/** The time to get there begins whenever the target is asked. */
function resume(service: Service, claimed: Service, asked: Version): DeployVerdict {
  const ask = service.phase !== 'accepted';
  const to = ask ? asked : (service.wanted ?? asked);
  return { kind: 'resume', service: { ...claimed, wanted: to }, to, ask };
}

/** What was seen at the target when the act ended. */
export type Seen = {
  readonly phase: Exclude<Phase, 'idle' | 'dispatched'>;
  readonly message?: string;
  readonly again?: number;
};

type Act = {
  readonly to: Version;
  readonly seen: Seen;
  readonly by: string;
  readonly now: number;
  readonly onFailure: ServiceConfiguration['onFailure'];
};

/** The service and its deploy after the act, unless the claim has passed to another meanwhile. */
export function recordSeen(
  service: Service,
  deploy: Deploy | undefined,
  { to, seen, by, now, onFailure }: Act,
): { service: Service; deploy?: Deploy } | undefined {
  if (service.claim?.by !== by) return undefined;
  const at = instant(now);
  const running = seen.phase === 'running';
  const changed = running && service.observed !== undefined && service.observed.digest !== to.digest;
  const back = running && service.refused !== undefined && service.refused.digest !== to.digest;
  const next: Service = {
    ...service,
    phase: back ? 'held' : seen.phase,
    message: back ? `rolled back: ${service.refused?.reason}` : seen.message,
    ...(seen.phase === 'failed' && afterFailure(service, { to, seen, now, onFailure })),
    observed: running ? { digest: to.digest, commit: to.commit, at } : service.observed,
    previous: changed ? service.observed : service.previous,
    claim: undefined,
    due: seen.again === undefined ? undefined : instant(now + seen.again),
    attempts: 0,
    lastError: undefined,
  };
  if (deploy === undefined) return { service: next };
  return { service: next, deploy: recordPhase(deploy, seen, at) };
}

/** What failed is remembered; where nobody may go on but a person, everything is held. */
function afterFailure(
  service: Service,
  { to, seen, now, onFailure }: Omit<Act, 'by'>,
): Pick<Service, 'refused' | 'hold'> {
  const at = instant(now);
  const reason = seen.message ?? 'it did not come to run';
  const back =
    onFailure === 'rollback' && service.observed?.digest !== to.digest ? service.observed : undefined;
  const refused = service.refused ?? { digest: to.digest, commit: to.commit, at, reason, back };
  if (onFailure !== 'ask') return { refused };
  return { refused, hold: { by: 'headway', why: `${reason}; release it once it may go on`, since: at } };
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

function isBack(service: Service, tag: Tag | undefined): boolean {
  return service.refused !== undefined && service.refused.digest === tag?.observed?.digest;
}

function recordPhase(deploy: Deploy, { phase, message }: Seen, at: string): Deploy {
  const accepted = phase === 'accepted' || phase === 'running';
  return {
    ...deploy,
    phase,
    message,
    acceptedAt: accepted ? (deploy.acceptedAt ?? at) : deploy.acceptedAt,
    runningAt: phase === 'running' ? (deploy.runningAt ?? at) : deploy.runningAt,
    log: withLine(deploy.log, `${phase}${message === undefined ? '' : `: ${message}`}`, at),
    endedAt: phase === 'accepted' ? undefined : deploy.phase === phase ? (deploy.endedAt ?? at) : at,
  };
}

/** What was seen, a line each time that it was something else; of a deploy that wavers the newest lines. */
function withLine(log: string | undefined, words: string, at: string): string {
  const lines = log === undefined ? [] : log.split('\n');
  if (lines.at(-1)?.endsWith(` ${words}`)) return lines.join('\n');
  return [...lines, `${at} ${words.replaceAll('\n', ' | ')}`].slice(-LOG_LINES).join('\n');
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
