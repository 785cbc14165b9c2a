import { z } from 'zod';
import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import { pausedSentence } from '../../shared/domain/builds/pause-queue.ts';
import { queueOrder } from '../../shared/domain/builds/queue-order.ts';
import { instant } from '../../shared/domain/claims.ts';
import type { Build, BuildStatus } from '../../shared/domain/documents/build.ts';
import { type BuildsInTurn, buildsInTurn } from '../../shared/records/builds-in-turn.ts';
import { builds, keyOf, queuePauses } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';
import type { Queue } from './answers.ts';
import { BuildSummary } from './documents.ts';
import type { Words } from './words.ts';

export const QueuePaging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(200).describe('How many that wait, at most.'),
});

/** So many that wait are read, however many there are. */
const COUNTED = 1_000;

/**
 * What is being built, and the first of what waits. Where more wait than are counted, those that could go now are the
 * right ones all the same; of those that wait for something else, some are left out that would come before others.
 */
export async function readQueue(
  { records, configuration, clock }: Words,
  { limit }: z.output<typeof QueuePaging>,
): Promise<z.input<typeof Queue>> {
  const now = clock.now();
  const [pause, building, counted] = await Promise.all([
    records.get(refTo(queuePauses, 'builds')),
    withStatus(records, 'building'),
    withStatus(records, 'waiting'),
  ]);
  const atLeast = counted.length === COUNTED;
  const first = atLeast ? await firstInTurn({ records, clock }, limit + 1) : [];
  const waiting = byKey([...counted, ...first]).values();
  // What others build waits for their notices, and never has its turn here.
  const ours = [...building, ...waiting].filter(
    build => buildSettings(configuration, build)?.builder !== 'none',
  );
  const known = await withOthers(records, ours);
  const order = queueOrder({
    builds: ours,
    known: (image, commit) => known.get(refTo(builds, image, commit).key),
    paused: pause && pausedSentence(pause),
    now,
  });
  const underWay = order.filter(({ build }) => build.status === 'building');
  const shown = order.slice(0, underWay.length + limit);
  const more = order.length - shown.length;
  return {
    at: instant(now),
    paused: pause?.paused,
    items: shown.map(({ build, waits }) => ({ ...BuildSummary.parse(build), waits })),
    ...((more > 0 || atLeast) && { more: { waiting: more, atLeast } }),
  };
}

function withStatus(records: Records, status: BuildStatus): Promise<Build[]> {
  return records.query(builds, { where: [{ field: 'status', is: '==', value: status }], limit: COUNTED });
}

async function firstInTurn(its: BuildsInTurn, most: number): Promise<Build[]> {
  const found: Build[] = [];
  for await (const build of buildsInTurn(its)) {
    if (build.status === 'waiting') found.push(build);
    if (found.length === most) break;
  }
  return found;
}

/** The builds by their keys, each once. */
function byKey(all: readonly Build[]): Map<string, Build> {
  return new Map(all.map(build => [keyOf(builds.parts(build)), build]));
}

/** The builds themselves, and those that they wait for, by their keys. */
async function withOthers(records: Records, queued: readonly Build[]): Promise<Map<string, Build>> {
  const known = byKey(queued);
  const wanted = new Map(
    queued
      .flatMap(({ image, commit, parent, parents = [], carries }) => [
        ...[parent, ...parents].flatMap(name => (name === undefined ? [] : [refTo(builds, name, commit)])),
        ...(carries === undefined ? [] : [refTo(builds, image, carries)]),
      ])
      .map(ref => [ref.key, ref]),
  );
  const missing = [...wanted.values()].filter(({ key }) => !known.has(key));
  const found = await Promise.all(missing.map(ref => records.get(ref)));
  return new Map([...known, ...byKey(found.filter(build => build !== undefined))]);
}
