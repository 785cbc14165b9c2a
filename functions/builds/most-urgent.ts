import { instant, isClaimed } from '../../shared/domain/claims.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hint, Listening } from '../../shared/ports/hints.ts';
import { builds, keyOf } from '../../shared/records/collections.ts';
import { type RecordQuery, type Records, refByKey } from '../../shared/records/records.ts';
import { isFull, type TakePlace } from './take-place.ts';

type Queue = TakePlace & { readonly records: Records; readonly clock: Clock };

const PAGE = 20;

/**
 * Which build goes where one has a place: the one that was hinted at, unless a more urgent one waits
 * whose builder has a place for it. Where nobody said
 * that anything is urgent, that is one quick question.
 */
export function createMostUrgent(its: Queue): NonNullable<Listening['choose']> {
  return async (hint, isTaken) => {
    const now = its.clock.now();
    const hinted = await its.records.get(refByKey(builds, hint.key));
    if (hinted === undefined || !isOpen(hinted, now) || (await isFull(its, hinted))) return hint;
    const own = priorityOf(hinted);
    const canGo = async (build: Build) =>
      build.status === 'waiting' &&
      isOpen(build, now) &&
      !isTaken(hintOf(build, hint)) &&
      !(await isFull(its, build));
    const above = (least: number) =>
      firstOf(its, URGENT_FIRST, { canGo, goesOn: build => priorityOf(build) > least });
    const isOrdinary = async (build: Build) => priorityOf(build) === 0 && canGo(build);
    const found =
      (await above(Math.max(own, 0))) ??
      // Of what is to go last, only what is put before it goes before it.
      (own < 0 ? ((await firstOf(its, due(now), { canGo: isOrdinary })) ?? (await above(own))) : undefined);
    return found === undefined ? hint : hintOf(found, hint);
  };
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

type Search = {
  readonly canGo: (build: Build) => Promise<boolean>;
  /** Nothing is looked for behind the first that is not so. */
  readonly goesOn?: (build: Build) => boolean;
};

/** However many there are: a page at a time. */
async function firstOf(
  { records }: Queue,
  question: Question,
  { canGo, goesOn = () => true }: Search,
): Promise<Build | undefined> {
  for (let after: string | undefined; ; ) {
    const page = await records.query(builds, {
      ...question,
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    for (const build of page) {
      if (!goesOn(build)) return undefined;
      if (await canGo(build)) return build;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return undefined;
    after = keyOf(builds.parts(last));
  }
}

function isOpen(build: Build, now: number): boolean {
  return build.due !== undefined && build.due <= instant(now) && !isClaimed(build, now);
}

function priorityOf({ priority = 0 }: Build): number {
  return priority;
}

function hintOf(build: Build, { topic, collection }: Hint): Hint {
  return { topic, collection, key: keyOf(builds.parts(build)) };
}
