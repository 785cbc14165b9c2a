import { hasEnded } from '../domain/builds/has-ended.ts';
import { instant, isClaimed } from '../domain/claims.ts';
import type { Build } from '../domain/documents/build.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hint } from '../ports/hints.ts';
import { builds, keyOf } from './collections.ts';
import type { RecordQuery, Records } from './records.ts';

export type BuildsInTurn = { readonly records: Records; readonly clock: Clock };

const PAGE = 20;

/**
 * The builds that wait for nothing but their turn, in the order in which they go: by their priority, and those without
 * one by how long they are due. However many there are, a page at a time; only those above a priority, where it is given.
 */
export async function* buildsInTurn(
  its: BuildsInTurn,
  above = Number.NEGATIVE_INFINITY,
): AsyncGenerator<Build> {
  const now = its.clock.now();
  yield* open(its, { question: URGENT_FIRST, now, ends: build => priorityOf(build) <= Math.max(above, 0) });
  if (above >= 0) return;
  // Also a try that is due again: it is under way by its status, whatever its priority.
  const isOrdinary = (build: Build) => build.status !== 'waiting' || priorityOf(build) === 0;
  yield* open(its, { question: due(now), now, only: isOrdinary });
  const isLast = (build: Build) => priorityOf(build) < 0;
  yield* open(its, { question: URGENT_FIRST, now, only: isLast, ends: build => priorityOf(build) <= above });
}

type Search = {
  readonly question: Question;
  readonly now: number;
  readonly only?: (build: Build) => boolean;
  /** Nothing is looked for behind the first that is so. */
  readonly ends?: (build: Build) => boolean;
};

async function* open(its: BuildsInTurn, { question, now, only, ends }: Search): AsyncGenerator<Build> {
  for await (const build of pages(its, question)) {
    if (ends?.(build)) return;
    if (isOpen(build, now) && (only?.(build) ?? true)) yield build;
  }
}

/** Due, and nobody is at it. */
export function isOpen(build: Build, now: number): boolean {
  return !hasEnded(build) && build.due !== undefined && build.due <= instant(now) && !isClaimed(build, now);
}

/** Higher ones go first. */
export function priorityOf({ priority = 0 }: Build): number {
  return priority;
}

export function hintOfBuild(build: Build): Hint {
  return { topic: 'builds', collection: builds.name, key: keyOf(builds.parts(build)) };
}

type Question = Omit<RecordQuery, 'limit' | 'after'>;
/** Without those that have no priority. */
const URGENT_FIRST: Question = {
  where: [{ field: 'status', is: '==', value: 'waiting' }],
  orderBy: { field: 'priority', direction: 'desc' },
};
const due = (now: number): Question => ({
  where: [{ field: 'due', is: '<=', value: instant(now) }],
  orderBy: { field: 'due', direction: 'asc' },
});

async function* pages({ records }: BuildsInTurn, question: Question): AsyncGenerator<Build> {
  for (let after: string | undefined; ; ) {
    const page = await records.query(builds, {
      ...question,
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = keyOf(builds.parts(last));
  }
}
