import { hasEnded } from '../../shared/domain/builds/has-ended.ts';
import { callOff, supersede } from '../../shared/domain/builds/supersede.ts';
import { instant } from '../../shared/domain/claims.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { type BuildWish, namesOfChildren, stepsOf } from '../../shared/domain/plans/wishes.ts';
import { owingReport } from '../../shared/domain/reports/owed-report.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { branches, builds, pulls } from '../../shared/records/collections.ts';
import { queryAll } from '../../shared/records/query-all.ts';
import { put, refTo } from '../../shared/records/records.ts';
import { reportBuild } from '../../shared/records/report-build.ts';
import { type PlanCommit, planCommit } from './plan-commit.ts';
import type { PatchToPlan } from './take-pull.ts';

export type PlanPatch = PlanCommit & { readonly hints: Hints; readonly clock: Clock; readonly log: Log };

/**
 * Puts the builds of a pull request's head on record: what it changes against the branch that it is for, and what
 * stands on that. Its images are named NUMBER_PATCH, and no tag ever asks for them. What a push of the same commit
 * has asked for is left to that.
 *
 * @returns what is built, as the end of a sentence.
 */
export async function planPatch(its: PlanPatch, patch: PatchToPlan): Promise<string> {
  const { records, hints, clock } = its;
  const { repo, commit, pull } = patch;
  const base = (await records.get(refTo(branches, repo, pull.base)))?.planned;
  const plan = await planCommit(its, {
    repo,
    commit,
    branch: patch.branch,
    known: undefined,
    title: pull.title,
    base,
  });
  if (plan.skippedBy !== undefined) return `nothing is built, since its title says "${plan.skippedBy}"`;
  const refs = { builds: plan.wishes.map(({ image }) => refTo(builds, image, commit)) };
  const asked = await records.transact(refs, found => {
    const wanted = new Set(plan.wishes.map(({ image }) => image));
    const children = namesOfChildren(plan.wishes);
    const result = plan.wishes.flatMap((wish, i) => {
      if (found.builds[i] !== undefined && !isOlderPatch(found.builds[i], patch)) return [];
      const asked = { children: children.get(wish.image), ready: isReady(wish, wanted), now: clock.now() };
      return [buildOf(patch, wish, asked)];
    });
    return { result, writes: result.map(build => put(builds, build)) };
  });
  await callOffOlder(its, patch);
  await hints.publish(
    asked
      .filter(({ due }) => due !== undefined)
      .map(({ image }) => ({
        topic: 'builds',
        collection: 'builds',
        key: refTo(builds, image, commit).key,
      })),
  );
  const built = plan.wishes.filter(({ carries }) => carries === undefined).map(({ image }) => image);
  const rest = plan.wishes.length - built.length;
  const unchanged = rest === 0 ? '' : `; ${rest} unchanged`;
  return built.length === 0 ? 'nothing of it is to be built' : `builds ${built.join(', ')}${unchanged}`;
}

function isReady({ parent, parents = [] }: BuildWish, wanted: ReadonlySet<string>): boolean {
  return ![parent, ...parents].some(name => name !== undefined && wanted.has(name));
}

/** The same head under another pull request, or one that was closed and opened again. */
function isOlderPatch({ tryJob, branch }: Build, { pull }: PatchToPlan): boolean {
  if (tryJob === undefined || branch !== undefined) return false;
  return tryJob.number === pull.number && tryJob.patch < pull.patch;
}

type Asked = {
  readonly children: readonly string[] | undefined;
  readonly ready: boolean;
  readonly now: number;
};

function buildOf(
  { repo, commit, pull, delivery }: PatchToPlan,
  wish: BuildWish,
  { children, ready, now }: Asked,
): Build {
  const { image, parent, parents, reasons, carries, since, recipe } = wish;
  return {
    image,
    commit,
    repo,
    status: 'waiting',
    requestedAt: instant(now),
    steps: stepsOf(wish, instant(now)),
    attempts: 0,
    reasons: [...reasons],
    parent,
    parents: parents && [...parents],
    children: children && [...children],
    carries,
    since,
    recipe,
    tryJob: { number: pull.number, patch: pull.patch },
    delivery,
    due: ready ? instant(now) : undefined,
  };
}

/** Nobody waits for the builds of a pull request that was closed. */
export function callOffPull(its: PlanPatch, { repo, number }: PullOf): Promise<void> {
  const why = `pull request ${number} was closed`;
  return callOffHeads(its, { repo, number }, (build, now) =>
    hasEnded(build) ? undefined : callOff(build, { status: 'cancelled', why, now }),
  );
}

/** The newest head of a pull request is the only one that anybody waits for. */
function callOffOlder(its: PlanPatch, { repo, commit, pull: { number } }: PatchToPlan): Promise<void> {
  return callOffHeads(its, { repo, number }, (build, now) =>
    supersede(build, { by: commit, running: true, now }),
  );
}

type PullOf = { readonly repo: string; readonly number: number };
type Judge = (build: Build, now: number) => Build | undefined;

/** What is built of the heads of a pull request; what a push of the same commit asked for is left to that. */
async function callOffHeads(its: PlanPatch, { repo, number }: PullOf, judge: Judge): Promise<void> {
  const { records, clock } = its;
  const heads = (await records.get(refTo(pulls, repo, number)))?.heads ?? [];
  for (const { sha } of heads) {
    const where = [{ field: 'commit', is: '==', value: sha }] as const;
    for (const { image, tryJob } of await queryAll(records, builds, where)) {
      if (tryJob?.number !== number) continue;
      const called = await records.transact({ build: refTo(builds, image, sha) }, ({ build }) => {
        const isOf = build?.tryJob?.number === number && build.repo === repo;
        const off = isOf ? judge(build, clock.now()) : undefined;
        return {
          result: off,
          writes: off === undefined ? [] : [put(builds, owingReport(off, its.configuration, clock.now()))],
        };
      });
      if (called !== undefined) await reportBuild(its, called);
    }
  }
}
