import { instant, isClaimed } from '../claims.ts';
import type { Deploy, Phase, Service, Version } from '../documents/service.ts';
import type { Standing, Tag } from '../documents/tag.ts';
import type { Claim } from '../documents/waiting.ts';

export type DeployVerdict =
  | { readonly kind: 'deploy'; readonly service: Service; readonly deploy: Deploy; readonly to: Version }
  /** Begun before: see how far it is, and `ask` the target again unless it has accepted. */
  | { readonly kind: 'resume'; readonly service: Service; readonly to: Version; readonly ask: boolean }
  | { readonly kind: 'leave'; readonly service?: Service };

/** The service as it is when there is nothing to do for it. */
export function rest(service: Service): Service {
  return { ...service, due: undefined, claim: undefined };
}

type Rules = { readonly claim: Claim; readonly now: number };

/** What follows for a service from where its tag stands: the newest wish wins, one deploy at a time. */
export function judgeDeploy(
  service: Service | undefined,
  tag: Tag | undefined,
  { claim, now }: Rules,
): DeployVerdict {
  if (service === undefined || isClaimed(service, now)) return { kind: 'leave' };
  const to = wish(tag?.observed);
  if (to === undefined || service.hold !== undefined) return { kind: 'leave', service: rest(service) };
  const same = service.wanted?.digest === to.digest;
  if (same && (service.phase === 'failed' || isRunning(service, to)))
    return { kind: 'leave', service: rest(service) };
  const claimed = { ...service, claim, due: claim.until };
  if (same) return resume(service, claimed, { ...to, at: instant(now) });
  const sequence = service.sequence + 1;
  const deploy: Deploy = {
    target: service.target,
    service: service.service,
    sequence,
    digest: to.digest,
    commit: to.commit,
    phase: 'dispatched',
    dispatchedAt: instant(now),
  };
  const wanted = { ...to, at: instant(now) };
  const dispatched: Service = { ...claimed, wanted, phase: 'dispatched', message: undefined, sequence };
  return { kind: 'deploy', service: dispatched, deploy, to: wanted };
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

/** The service and its deploy after the act, unless the claim has passed to another meanwhile. */
export function recordSeen(
  service: Service,
  deploy: Deploy | undefined,
  { to, seen, by, now }: { to: Version; seen: Seen; by: string; now: number },
): { service: Service; deploy?: Deploy } | undefined {
  if (service.claim?.by !== by) return undefined;
  const at = instant(now);
  const running = seen.phase === 'running';
  const changed = running && service.observed !== undefined && service.observed.digest !== to.digest;
  const next: Service = {
    ...service,
    phase: seen.phase,
    message: seen.message,
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

/** The look that a service wants once more if its tag has moved on since. */
export function stillBehind(service: Service, tag: Tag | undefined): boolean {
  const to = wish(tag?.observed);
  return to !== undefined && service.hold === undefined && service.wanted?.digest !== to.digest;
}

function recordPhase(deploy: Deploy, { phase, message }: Seen, at: string): Deploy {
  const accepted = phase === 'accepted' || phase === 'running';
  return {
    ...deploy,
    phase,
    message,
    acceptedAt: accepted ? (deploy.acceptedAt ?? at) : deploy.acceptedAt,
    runningAt: phase === 'running' ? (deploy.runningAt ?? at) : deploy.runningAt,
    endedAt: phase === 'accepted' ? undefined : deploy.phase === phase ? (deploy.endedAt ?? at) : at,
  };
}

function wish(standing: Standing | undefined): Version | undefined {
  return standing === undefined
    ? undefined
    : { digest: standing.digest, commit: standing.commit, at: standing.at };
}

function isRunning(service: Service, to: Version): boolean {
  return service.phase === 'running' && service.observed?.digest === to.digest;
}
