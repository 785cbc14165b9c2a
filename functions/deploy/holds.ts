import { followsOf } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Wait } from '../../shared/domain/deploys/judge-start.ts';
import type { StandingHold } from '../../shared/domain/documents/hold.ts';
import type { Service, Version } from '../../shared/domain/documents/service.ts';
import { covers, heldSentence, nextEnd } from '../../shared/domain/holds/judge-holds.ts';
import { tags } from '../../shared/records/collections.ts';
import { createOrderOnRecord } from '../../shared/records/commit-order.ts';
import { type Holding, readHolds } from '../../shared/records/holds.ts';
import { refTo } from '../../shared/records/records.ts';

type Holdings = Holding & { readonly configuration: Configuration };

/** How often what is held is looked at, in case a hold came to its end and nobody told. */
const HELD_LOOK_MS = 60_000;

/**
 * Why a service may not be brought to a version by itself, because of holds. One that waits for a commit is none for
 * what is on record to contain it.
 */
export async function holdsOver(its: Holdings, service: Service): Promise<(to: Version) => Wait | undefined> {
  const all = await readHolds(its);
  const mine = all.filter(({ scope }) => covers(scope, { kind: 'service', ...service }));
  if (mine.length === 0) return () => undefined;
  const next = mine.some(({ until }) => until?.kind === 'commit')
    ? (await its.records.get(refTo(tags, service.image, service.tag)))?.observed?.commit
    : undefined;
  const strict: StandingHold[] = [];
  for (const hold of mine) if (!(await isContained(its, hold, { service, commit: next }))) strict.push(hold);
  return to => {
    const [hold] = to.commit !== undefined && to.commit === next ? strict : mine;
    if (hold === undefined) return undefined;
    const look = its.clock.now() + HELD_LOOK_MS;
    const end = nextEnd(mine);
    const until = end === undefined ? look : Math.min(look, Date.parse(end));
    return { reason: heldSentence(hold), until };
  };
}

type At = { readonly service: Service; readonly commit: Version['commit'] };

async function isContained(
  { records, configuration }: Holdings,
  { until }: StandingHold,
  { service, commit }: At,
): Promise<boolean> {
  if (until?.kind !== 'commit' || commit === undefined) return false;
  const follows = followsOf(configuration, service.image, service.tag);
  if (follows?.repo !== until.repo) return false;
  const order = createOrderOnRecord(records);
  const { relation } = await order({
    repo: until.repo,
    branch: follows.branch,
    a: commit,
    b: until.commit,
  });
  return relation === 'newer' || relation === 'same';
}
