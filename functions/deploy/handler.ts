import { instant } from '../../shared/domain/claims.ts';
import { repositoryOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration, ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import { judgeDeploy, rest, stillBehind } from '../../shared/domain/deploys/judge-deploy.ts';
import { judgeStart } from '../../shared/domain/deploys/judge-start.ts';
import { recordSeen, type Seen } from '../../shared/domain/deploys/record-seen.ts';
import { settingsOf } from '../../shared/domain/deploys/settings-of.ts';
import type { Service, Version } from '../../shared/domain/documents/service.ts';
import type { Calendar } from '../../shared/ports/calendar.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hints, Look } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import type { Target } from '../../shared/ports/target.ts';
import { deploys, services, tags } from '../../shared/records/collections.ts';
import { put, type RecordRef, type Records, refByKey, refTo } from '../../shared/records/records.ts';
import { withClaim } from '../../shared/records/with-claim.ts';
import { actOnTarget } from './act-on-target.ts';
import { holdsOver } from './holds.ts';
import { enterLane, quitLane } from './lanes.ts';
import { olderThanRefused } from './older-than-refused.ts';
import { servicesBefore, wakeNextWave } from './waves.ts';

export type DeployFunction = {
  readonly records: Records;
  readonly hints: Hints;
  readonly configuration: Configuration;
  /** The target with this name; nothing when it is left out on this machine. */
  readonly target: (name: string) => Promise<Target | undefined>;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly log: Log;
  /** Who claims: one look, and no other. */
  readonly worker: string;
  /** Removes secrets from what targets say. */
  readonly redact: (text: string) => string;
};

const CLAIM_MS = 60_000;

/** Brings a service to the digest that its tag points to, and sees whether it gets there. */
export function createDeploy(all: Omit<DeployFunction, 'worker'>): Look {
  const { records, configuration } = all;

  return async function deploy(hint, worker) {
    const its = { ...all, worker };
    const ref = refByKey(services, hint.key);
    for (;;) {
      const known = await records.get(ref);
      const settings = known === undefined ? undefined : settingsOf(configuration, known);
      if (known === undefined) return;
      if (settings?.target !== known.target) return leave(its, ref);
      if (!(await deployOnce(its, { ref, known, settings }))) return;
    }
  };
}

/** The configuration no longer has the service at this target: what runs there is left as it is. */
async function leave({ records }: DeployFunction, ref: RecordRef<Service>): Promise<void> {
  await records.transact({ service: ref }, ({ service }) => ({
    result: undefined,
    writes: service === undefined ? [] : [put(services, rest(service))],
  }));
}

type Subject = {
  readonly ref: RecordRef<Service>;
  readonly known: Service;
  readonly settings: ServiceConfiguration;
};

/** One turn. True when the wish has moved on meanwhile. */
async function deployOnce(its: DeployFunction, { ref, known, settings }: Subject): Promise<boolean> {
  const { records, clock, worker, log, configuration } = its;
  const tag = refTo(tags, known.image, known.tag);
  const { onFailure } = settings;
  const before = await servicesBefore(its, settings);
  const full = await enterLane(its, known, settings);
  const held = await holdsOver(its, known);
  const older = await olderThanRefused(records, known);
  const verdict = await records.transact({ service: ref, tag }, found => {
    const now = clock.now();
    const opens = its.calendar.opens(settings.windows, now);
    const judged = judgeDeploy(found.service, found.tag, {
      now,
      claim: { by: worker, until: instant(now + CLAIM_MS) },
      wait: to =>
        judgeStart(to, { settings, freezes: configuration.deploys.freezes, opens, before, now }) ?? full,
      held,
      older,
    });
    const service = judged.service === undefined ? [] : [put(services, judged.service)];
    return {
      result: judged,
      writes: judged.kind === 'deploy' ? [...service, put(deploys, judged.deploy)] : service,
    };
  });
  if (verdict.kind === 'leave') {
    // Somebody else may be at it, whose place it is.
    if (verdict.service !== undefined) await quitLane(its, known);
    return false;
  }
  const { to, service } = verdict;
  const image = { ...repositoryOf(configuration, service.image), digest: to.digest };
  const order = {
    name: service.service,
    service: settings,
    image,
    ...(to.commit !== undefined && { commit: to.commit }),
  };
  const target = await its.target(service.target);
  const seen = await withClaim(
    { records, collection: services, ref, by: worker, lasts: CLAIM_MS, clock },
    lost =>
      actOnTarget(target, {
        order,
        ask: verdict.kind === 'deploy' || verdict.ask,
        held: verdict.kind === 'resume' ? verdict.held : undefined,
        since: to.at,
        now: clock.now(),
        lost,
      }),
  );
  const behind = await recordResult(its, { ref, service, to, seen, onFailure });
  if (seen.phase !== 'accepted') await quitLane(its, service);
  if (seen.phase === 'running') await wakeNextWave(its, service.service);
  log.info('Service looked at', {
    service: service.service,
    target: service.target,
    digest: to.digest,
    ...seen,
  });
  return behind;
}

type Result = {
  readonly ref: RecordRef<Service>;
  readonly service: Service;
  readonly to: Version;
  readonly seen: Seen;
  readonly onFailure: ServiceConfiguration['onFailure'];
};

async function recordResult(
  { records, clock, worker, redact }: DeployFunction,
  result: Result,
): Promise<boolean> {
  const { ref, service, to, onFailure } = result;
  const { message } = result.seen;
  const seen = { ...result.seen, ...(message !== undefined && { message: redact(message) }) };
  const tag = refTo(tags, service.image, service.tag);
  const deploy = refTo(deploys, service.target, service.service, service.sequence);
  return records.transact({ service: ref, tag, deploy }, found => {
    if (found.service === undefined) return { result: false, writes: [] };
    const now = clock.now();
    const done = recordSeen(found.service, found.deploy, { to, seen, by: worker, now, onFailure });
    if (done === undefined) return { result: false, writes: [] };
    const behind = stillBehind(done.service, found.tag, { now });
    const next = behind ? { ...done.service, due: instant(now) } : done.service;
    const ledger = done.deploy === undefined ? [] : [put(deploys, done.deploy)];
    return { result: behind, writes: [put(services, next), ...ledger] };
  });
}
