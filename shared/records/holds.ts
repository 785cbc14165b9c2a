import { instant, isClaimed, sooner } from '../domain/claims.ts';
import type { Configuration } from '../domain/configuration/schema.ts';
import type { HoldScope, StandingHold } from '../domain/documents/hold.ts';
import type { Service } from '../domain/documents/service.ts';
import { covers, ended, endSentence, hasPassed } from '../domain/holds/judge-holds.ts';
import { tagsUnder } from '../domain/holds/tags-under.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hint, Hints } from '../ports/hints.ts';
import { gates, holds, services, tags } from './collections.ts';
import { put, type Records, refTo } from './records.ts';

export type Holding = {
  readonly records: Records;
  readonly hints: Hints;
  readonly configuration: Pick<Configuration, 'images' | 'tags' | 'services'>;
  readonly clock: Clock;
};

/** More than anybody keeps in mind. */
const MOST = 500;
/** More than anybody runs at one target. */
const MOST_SERVICES = 1_000;
const HEADWAY = 'headway';

/** The holds that stand now. Those that have come to their end are ended, and what waited for that is looked at. */
export async function readHolds(its: Holding): Promise<StandingHold[]> {
  const standing: StandingHold[] = [];
  for (const hold of await standingHolds(its.records)) {
    if (await isAtItsEnd(its, hold)) await endHold(its, hold, HEADWAY);
    else standing.push(hold);
  }
  return standing;
}

/** The holds on record as standing; one that has come to its end meanwhile is among them. */
export async function standingHolds(records: Records): Promise<StandingHold[]> {
  const where = [{ field: 'state', is: '==', value: 'standing' }] as const;
  return records.query(holds, { where, limit: MOST });
}

/** Ends a hold, and has everything that it was over looked at. Of one that has ended already nothing changes. */
export async function endHold(its: Holding, { number, scope }: StandingHold, by: string): Promise<void> {
  const { records, hints, clock } = its;
  await records.transact({ found: refTo(holds, number) }, ({ found }) => {
    if (found?.state !== 'standing') return { result: undefined, writes: [] };
    const why = by === HEADWAY && found.until !== undefined ? endSentence(found.until) : undefined;
    return { result: undefined, writes: [put(holds, ended(found, { by, why, now: clock.now() }))] };
  });
  await hints.publish(await wakeHeld(its, scope));
}

/** The services of a target that the configuration does not name. */
export async function discoveredAt(records: Records, target: string): Promise<Service[]> {
  const where = [{ field: 'target', is: '==', value: target }] as const;
  const found = await records.query(services, { where, limit: MOST_SERVICES });
  return found.filter(({ discovered }) => discovered === true);
}

async function isAtItsEnd({ records, clock }: Holding, hold: StandingHold): Promise<boolean> {
  const { until, since } = hold;
  if (until?.kind !== 'gate') return hasPassed(hold, clock.now());
  const where = [{ field: 'image', is: '==', value: until.image }] as const;
  const orderBy = { field: 'at', direction: 'desc' } as const;
  const results = await records.query(gates, { where, orderBy, limit: MOST });
  const answers = results.filter(({ state }) => state === 'passed' || state === 'failed');
  const last = answers.find(({ gate, at }) => gate === until.gate && at >= since);
  return last?.state === 'passed';
}

/** Every tag and service that a hold was over, due now where something was waiting. */
async function wakeHeld({ records, configuration, clock }: Holding, scope: HoldScope): Promise<Hint[]> {
  const hinted: Hint[] = [];
  for (const { image, tag: name } of tagsUnder(configuration, scope)) {
    const ref = refTo(tags, image, name);
    const woken = await records.transact({ tag: ref }, ({ tag }) => {
      if (tag?.due === undefined || isClaimed(tag, clock.now())) return { result: false, writes: [] };
      const due = sooner(tag.due, instant(clock.now()));
      return { result: true, writes: [put(tags, { ...tag, due, attempts: 0 })] };
    });
    if (woken) hinted.push({ topic: 'tags', collection: ref.collection, key: ref.key });
  }
  for (const [service, { target, image }] of Object.entries(configuration.services)) {
    if (!covers(scope, { kind: 'service', target, service, image })) continue;
    const ref = refTo(services, target, service);
    const woken = await records.transact({ found: ref }, ({ found }) => {
      if (found?.due === undefined || isClaimed(found, clock.now())) return { result: false, writes: [] };
      const due = sooner(found.due, instant(clock.now()));
      return { result: true, writes: [put(services, { ...found, due })] };
    });
    if (woken) hinted.push({ topic: 'deploys', collection: ref.collection, key: ref.key });
  }
  return hinted;
}
