import fc from 'fast-check';
import { type Fact, runSchedule, type Schedule } from './run-schedule.ts';

/** A schedule with its facts by their ids, so that it can be told and lived through again. */
export type Plan = Omit<Schedule, 'arrivals'> & { readonly arrivals: readonly string[] };

/** How many random schedules a promise is tried on; the end-to-end suite asks for more. */
const SCHEDULES = Number(process.env['HEADWAY_SCHEDULES'] ?? 50);

/** `HEADWAY_SEED=seed::path` lives through a schedule that failed once more. */
const [seed, path] = (process.env['HEADWAY_SEED'] ?? '').split('::');
const REPLAY =
  seed === '' || seed === undefined ? {} : { seed: Number(seed), ...(path !== undefined && { path }) };

/**
 * Every fact twice, in any order, so many at once, with up to four crashes, early and late. Where some facts may
 * come first, they do half of the time, and everything that follows from them is done before the others come.
 */
function plansOf(ids: readonly string[], first: readonly string[]): fc.Arbitrary<Plan> {
  const shuffled = (some: readonly string[]) => fc.shuffledSubarray([...some], { minLength: some.length });
  const crash = fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: LATE }));
  return fc
    .record({
      before: fc.constantFrom([], first).chain(shuffled),
      arrivals: shuffled([...ids, ...ids]),
      seed: fc.integer({ min: 1 }),
      crashes: fc.array(crash, { maxLength: 4 }),
      atOnce: fc.integer({ min: 1, max: 6 }),
    })
    .map(({ before, arrivals, ...plan }) => ({
      ...plan,
      arrivals: [...before, ...arrivals],
      restAfter: before.length,
    }));
}

/** About as many points as a whole life has at which it may crash. */
const LATE = 1_500;

/** No haste, no disorder, no crash. */
export function orderly(ids: readonly string[]): Plan {
  return { arrivals: ids, seed: 1, crashes: [], atOnce: 1 };
}

/** Tries a promise on random schedules: a share of as many as were asked for, half of them with these facts first. */
export function onSchedules(
  ids: readonly string[],
  { share = 1, first = [] }: { readonly share?: number; readonly first?: readonly string[] },
  promise: (plan: Plan) => Promise<void>,
): Promise<void> {
  const numRuns = Math.ceil(SCHEDULES * share);
  return fc.assert(fc.asyncProperty(plansOf(ids, first), promise), {
    numRuns,
    endOnFailure: true,
    ...REPLAY,
  });
}

/** Lives through a plan with these facts. Returns the ids that were acknowledged. */
export function runPlan(
  { arrivals, ...plan }: Plan,
  { facts, ...ground }: Parameters<typeof runSchedule>[1] & { readonly facts: readonly Fact[] },
): Promise<Set<string>> {
  const byId = new Map(facts.map(fact => [fact.id, fact]));
  return runSchedule({ ...plan, arrivals: arrivals.flatMap(id => byId.get(id) ?? []) }, ground);
}
