import { instant, isClaimed } from '../../shared/domain/claims.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { newService } from '../../shared/domain/deploys/new-service.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import type { Finding } from '../../shared/domain/documents/survey.ts';
import type { Tag } from '../../shared/domain/documents/tag.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hint, Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { deliveries, services, tags } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';
import type { MissedPush } from './find-pushes.ts';
import type { Subject } from './list-targets.ts';

type Options = {
  readonly records: Records;
  readonly hints: Hints;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
};
type Found = {
  readonly findings: readonly Finding[];
  readonly subjects: readonly Subject[];
  /** Moved by somebody else. */
  readonly tags: readonly Tag[];
  readonly pushes: readonly MissedPush[];
  /** Who says that it goes past what holds a service. */
  readonly pastHold?: string | undefined;
};

/** Has everything that is not as it should be looked at, by the functions that look at it anyway. */
export async function mend(its: Options, found: Found): Promise<void> {
  const { findings, subjects, tags: moved, pushes, pastHold } = found;
  const drifted = findings.filter(({ verdict }) => verdict === 'redeploy' || verdict === 'discovered');
  const hints: Hint[] = [];
  for (const finding of drifted) {
    const subject = subjects.find(
      ({ target, service }) => target === finding.target && service === finding.service,
    );
    if (subject !== undefined) hints.push(await markService(its, { subject, finding, pastHold }));
  }
  for (const tag of moved) hints.push(await markTag(its, tag));
  for (const push of pushes) hints.push(await storePush(its, push));
  await its.hints.publish(hints);
}

/** What runs is no longer known to be what is wanted: only a look, or a deploy, makes it green again. */
async function markService(
  { records, clock, log }: Options,
  { subject, finding, pastHold }: { subject: Subject; finding: Finding; pastHold: string | undefined },
): Promise<Hint> {
  const { target, service, follows, discovered } = subject;
  const ref = refTo(services, target, service);
  await records.transact({ found: ref }, ({ found }) => {
    const known = found ?? {
      ...newService({ target, service, ...follows }),
      ...(discovered && { discovered }),
    };
    if (isClaimed(known, clock.now())) return { result: undefined, writes: [] };
    const drift = known.phase === 'running' || known.phase === 'failed';
    const phase = drift ? { phase: 'unknown' as const, message: finding.reason } : {};
    // It may be well again by the time that somebody looks.
    const notRunningAt = finding.running === undefined ? instant(clock.now()) : known.notRunningAt;
    return {
      result: undefined,
      writes: [
        put(services, {
          ...{ ...known, ...follows, ...phase, notRunningAt, pastHold },
          due: instant(clock.now()),
        }),
      ],
    };
  });
  log.warn('Service drifted', finding);
  return { topic: 'deploys', collection: ref.collection, key: ref.key };
}

async function markTag({ records, clock, log }: Options, { image, tag, observed }: Tag): Promise<Hint> {
  const ref = refTo(tags, image, tag);
  await records.transact({ found: ref }, ({ found }) => {
    const now = instant(clock.now());
    return {
      result: undefined,
      writes: found === undefined ? [] : [put(tags, { ...found, look: now, due: now })],
    };
  });
  log.warn('Tag moved by somebody else', { image, tag, before: observed?.digest });
  return { topic: 'tags', collection: ref.collection, key: ref.key };
}

/** A push that was missed is a delivery like any other, in the words of the forge that all others follow. */
async function storePush(its: Options, { repo, branch, before, after }: MissedPush): Promise<Hint> {
  const { records, configuration, clock, log } = its;
  const source = 'smart-redeploy';
  const id = `${repo}-${branch}-${after}`;
  const now = clock.now();
  const delivery: Delivery = {
    source,
    id,
    kind: 'gitea',
    event: 'push',
    topic: 'pushes',
    receivedAt: instant(now),
    repeats: 0,
    body: JSON.stringify({
      ref: `refs/heads/${branch}`,
      before,
      after,
      repository: { clone_url: configuration.repos[repo]?.url },
    }),
    status: 'waiting',
    expireAt: instant(now + milliseconds(configuration.keep.deliveries)),
    due: instant(now),
    attempts: 0,
  };
  const ref = refTo(deliveries, source, id);
  await records.transact({ found: ref }, ({ found }) => {
    const settled = found !== undefined && found.status !== 'waiting';
    const again =
      found === undefined ? delivery : { ...found, status: 'waiting' as const, due: instant(now) };
    return { result: undefined, writes: found === undefined || settled ? [put(deliveries, again)] : [] };
  });
  log.warn('Push taken up that no webhook told of', { repo, branch, after });
  return { topic: 'pushes', collection: ref.collection, key: ref.key };
}
