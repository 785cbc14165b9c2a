import { instant } from '../claims.ts';
import type { ServiceConfiguration } from '../configuration/schema.ts';
import type { Deploy, Phase, Service, Version } from '../documents/service.ts';

const LOG_LINES = 100;

/** What was seen at the target when the act ended. */
export type Seen = {
  readonly phase: Exclude<Phase, 'idle' | 'dispatched'>;
  readonly message?: string;
  readonly again?: number;
  /** That it did not run when it was looked at, before the target was asked. */
  readonly broken?: boolean;
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
    notRunningAt: wasRunning(seen) ? service.notRunningAt : at,
    previous: changed ? service.observed : service.previous,
    claim: undefined,
    due: seen.again === undefined ? undefined : instant(now + seen.again),
    attempts: 0,
    lastError: undefined,
  };
  if (deploy === undefined) return { service: next };
  return { service: next, deploy: recordPhase(deploy, seen, at) };
}

/** Whether nothing tells that it did not run: where the target cannot be asked, nobody has looked. */
function wasRunning({ phase, broken }: Seen): boolean {
  return phase === 'unknown' || (phase === 'running' && broken !== true);
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
