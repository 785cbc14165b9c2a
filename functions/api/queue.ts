import { z } from 'zod';
import { afterPause } from '../../shared/domain/builds/pause-queue.ts';
import { instant } from '../../shared/domain/claims.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { QueuePause } from '../../shared/domain/documents/queue-pause.ts';
import { problem } from '../../shared/domain/problem.ts';
import { builds, queuePauses } from '../../shared/records/collections.ts';
import { queryAll } from '../../shared/records/query-all.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';
import { Queue } from './answers.ts';
import { QueuePaging, readQueue } from './read-queue.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { by, OnlyBy, type Words, why } from './words.ts';

const Pause = z.strictObject({ by, why });

/** The queue of builds, and a person's word over the whole of it. */
export function queueRoutes(its: Words): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/queue',
      id: 'readQueue',
      summary: 'What is being built, and what waits and why, in the order in which it will go',
      pathParameters: nothing,
      queryParameters: QueuePaging,
      answer: { status: 200, schema: Queue },
      handle: ({ query }) => readQueue(its, query),
    }),
    defineRoute({
      method: 'POST',
      path: '/queue/pause',
      id: 'pauseQueue',
      summary: 'Begin no further build until the queue is resumed; what is under way goes on',
      pathParameters: nothing,
      queryParameters: nothing,
      body: Pause,
      answer: { status: 202, schema: QueuePause },
      handle: ({ body }) => pause(its, body),
    }),
    defineRoute({
      method: 'POST',
      path: '/queue/resume',
      id: 'resumeQueue',
      summary: 'Let builds begin again, at once',
      pathParameters: nothing,
      queryParameters: nothing,
      body: OnlyBy,
      answer: { status: 202, schema: QueuePause },
      problems: [422],
      handle: ({ body }) => resume(its, body),
    }),
  ];
}

/** The builds that have not begun. */
export function waitingBuilds(records: Records): Promise<Build[]> {
  return queryAll(records, builds, [{ field: 'status', is: '==', value: 'waiting' }]);
}

async function pause({ records, clock, log }: Words, said: z.infer<typeof Pause>): Promise<QueuePause> {
  const paused = { paused: { ...said, since: instant(clock.now()) } };
  await records.transact([], () => ({ result: undefined, writes: [put(queuePauses, paused)] }));
  log.info('Builds paused', said);
  return paused;
}

async function resume({ records, hints, clock, log }: Words, { by }: z.infer<typeof OnlyBy>) {
  const ref = refTo(queuePauses, 'builds');
  const before = await records.transact({ pause: ref }, ({ pause }) => {
    if (pause?.paused === undefined) return { result: undefined, writes: [] };
    const resumed = { by, at: instant(clock.now()) };
    return { result: pause, writes: [put(queuePauses, { resumed })] };
  });
  if (before === undefined) return problem(422, 'Cannot resume the builds: nobody has paused them');
  log.info('Builds resumed', { by });
  for (const { image, commit } of await waitingBuilds(records)) {
    const build = refTo(builds, image, commit);
    const isWoken = await records.transact({ build }, found => {
      const woken = afterPause(found.build, before, clock.now());
      return { result: woken !== undefined, writes: woken === undefined ? [] : [put(builds, woken)] };
    });
    if (isWoken) await hints.publish([{ topic: 'builds', collection: 'builds', key: build.key }]);
  }
  return (await records.get(ref)) ?? {};
}
