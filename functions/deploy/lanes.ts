import type { Configuration, ServiceConfiguration } from '../../shared/domain/configuration/schema.ts';
import { judgeLane, leaveLane } from '../../shared/domain/deploys/judge-lane.ts';
import type { Wait } from '../../shared/domain/deploys/judge-start.ts';
import type { Service } from '../../shared/domain/documents/service.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { lanes } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';

type Lanes = { readonly records: Records; readonly configuration: Configuration; readonly clock: Clock };

/** Takes one of the places at the target, or says why there is none. Without a limit there is always one. */
export async function enterLane(
  { records, configuration, clock }: Lanes,
  { target, service }: Service,
  { timeout }: ServiceConfiguration,
): Promise<Wait | undefined> {
  const { concurrency: limit } = configuration.deploys;
  if (limit === undefined) return undefined;
  const asking = { target, service, limit, lasts: 2 * milliseconds(timeout) };
  return records.transact({ lane: refTo(lanes, target) }, ({ lane }) => {
    const judged = judgeLane(lane, { ...asking, now: clock.now() });
    return { result: judged.wait, writes: [put(lanes, judged.lane)] };
  });
}

/** Gives the place at the target to another. */
export async function quitLane(
  { records, configuration }: Lanes,
  { target, service }: Service,
): Promise<void> {
  if (configuration.deploys.concurrency === undefined) return;
  await records.transact({ lane: refTo(lanes, target) }, ({ lane }) => ({
    result: undefined,
    writes: lane === undefined ? [] : [put(lanes, leaveLane(lane, service))],
  }));
}
