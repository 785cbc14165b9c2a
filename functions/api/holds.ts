import { z } from 'zod';
import { HoldEnd, HoldScope, StandingHold } from '../../shared/domain/documents/hold.ts';
import { hasPassed, scopeText } from '../../shared/domain/holds/judge-holds.ts';
import { placeHold } from '../../shared/domain/holds/place-hold.ts';
import { problem } from '../../shared/domain/problem.ts';
import type { HttpAnswer } from '../../shared/ports/http.ts';
import { holds, services } from '../../shared/records/collections.ts';
import { followedUnder } from '../../shared/records/followed-under.ts';
import { endHold } from '../../shared/records/holds.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { missing } from './document-routes.ts';
import { defineRoute, nothing, type Route } from './route.ts';
import { by, Numbered, OnlyBy, type Words, why } from './words.ts';

const HoldWish = z.strictObject({
  by,
  why,
  scope: HoldScope.describe('What stays as it is.'),
  until: HoldEnd.optional().describe('When it ends by itself; when somebody releases it otherwise.'),
});

/** Holds over an image, a tag, a service, a target or everything. */
export function holdRoutes(its: Words): Route[] {
  const shared = { method: 'POST' as const, queryParameters: nothing };
  const answer = { status: 202 as const, schema: StandingHold };
  return [
    defineRoute({
      ...shared,
      path: '/holds',
      id: 'hold',
      summary: 'Have automation stop in front of an image, a tag, a service, a target or everything',
      pathParameters: nothing,
      body: HoldWish,
      answer,
      problems: [422],
      handle: ({ body }) => hold(its, body),
    }),
    defineRoute({
      ...shared,
      path: '/holds/{number}/release',
      id: 'releaseHold',
      summary: 'End a hold, and have what waited for that looked at',
      pathParameters: Numbered,
      body: OnlyBy,
      answer,
      problems: [404, 422],
      handle: async ({ path: { number }, body }) => {
        const ref = refTo(holds, number);
        const found = await its.records.get(ref);
        if (found === undefined) return missing('holds', [number]);
        if (found.state === 'ended' || hasPassed(found, its.clock.now())) {
          return problem(422, `Cannot release hold ${number}: it has ended already`);
        }
        await endHold(its, found, body.by);
        its.log.info('Released', { number, by: body.by });
        return (await its.records.get(ref)) ?? found;
      },
    }),
  ];
}

/** Places a hold under the next number; a problem where there is no such thing, or its end cannot come. */
export async function hold(
  { records, configuration, clock, log }: Words,
  wish: z.output<typeof HoldWish> & Pick<StandingHold, 'rollback'>,
): Promise<StandingHold | HttpAnswer> {
  const { scope } = wish;
  const followed =
    wish.until?.kind === 'commit' ? await followedUnder({ records, configuration }, scope) : [];
  const repos = followed.map(({ follows }) => follows.repo);
  const known = scope.kind === 'service' && (await records.get(refTo(services, scope.target, scope.service)));
  if (known === undefined) return problem(422, `Cannot hold that: nobody knows ${scopeText(scope)}`);
  for (;;) {
    const [last] = await records.query(holds, { ...NEWEST, limit: 1 });
    const number = (last?.number ?? 0) + 1;
    const placed = placeHold(configuration, { ...wish, follows: repos, number, now: clock.now() });
    if (placed.kind === 'refused') return problem(422, `Cannot hold that: ${placed.reason}`);
    const stored = await records.transact({ found: refTo(holds, number) }, ({ found }) => ({
      result: found === undefined,
      writes: found === undefined ? [put(holds, placed.hold)] : [],
    }));
    if (!stored) continue;
    log.info('Held', placed.hold);
    return placed.hold;
  }
}

const NEWEST = { orderBy: { field: 'number', direction: 'desc' } } as const;
