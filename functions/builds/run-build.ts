import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import { hasEnded } from '../../shared/domain/builds/has-ended.ts';
import { type BuildVerdict, judgeBuild } from '../../shared/domain/builds/judge-build.ts';
import { pausedSentence } from '../../shared/domain/builds/pause-queue.ts';
import { wakeChildren } from '../../shared/domain/builds/wake-children.ts';
import type { Build } from '../../shared/domain/documents/build.ts';
import { owingReport } from '../../shared/domain/reports/owed-report.ts';
import type { Hints, Look } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { hintOfBuild } from '../../shared/records/builds-in-turn.ts';
import { childRefs } from '../../shared/records/child-builds.ts';
import { builds, queuePauses } from '../../shared/records/collections.ts';
import { put, type RecordRef, refByKey, refTo } from '../../shared/records/records.ts';
import { reportAgain, reportBuild } from '../../shared/records/report-build.ts';
import { withClaim } from '../../shared/records/with-claim.ts';
import { callNext } from './call-next.ts';
import { type CarryImage, carryImage } from './carry-image.ts';
import { type MakeImage, makeImage } from './make-image.ts';
import { type Taken, type TakePlace, takePlace } from './take-place.ts';
import { type UntilCalledOff, untilCalledOff } from './until-called-off.ts';

export type RunBuild = CarryImage &
  MakeImage &
  TakePlace &
  UntilCalledOff & {
    readonly hints: Hints;
    readonly log: Log;
    /** Who claims: one look, and no other. */
    readonly worker: string;
    /** A fresh id for each try. */
    readonly newId: () => string;
  };

const CLAIM_MS = 60_000;

/** Builds one image at one commit, or takes the earlier one over, and stores the notice of its end. */
export function createRunBuild(all: Omit<RunBuild, 'worker'>): Look {
  return async function runBuild(hint, worker) {
    const its = { ...all, worker };
    let known = await its.records.get(refByKey(builds, hint.key));
    if (known !== undefined && hasEnded(known)) return reportAgain(its, known);
    // Each is taken over from a commit that was planned before it, or built, so this ends.
    while (known !== undefined) {
      const place = await takePlace(its, known);
      if (place === undefined) return;
      try {
        known = await act(its, known, place);
      } finally {
        place.leave();
        if (place.workshop !== undefined) await callNext(its, place.workshop);
      }
    }
  };
}

/** The build as it is to be looked at again at once; nothing where it is not. */
async function act(its: RunBuild, known: Build, place: Taken): Promise<Build | undefined> {
  const { records, clock, worker, log } = its;
  const ref = refTo(builds, known.image, known.commit);
  const verdict = await claim(its, ref, known);
  if (verdict.kind === 'again') return verdict.build;
  if (verdict.kind === 'give up') {
    const { image, commit, lastError: reason } = verdict.build;
    log.info('Build given up', { image, commit, reason });
    await its.hints.publish(verdict.woken.map(hintOfBuild));
  }
  // What is taken over is so in a moment: its end is told alone.
  if (verdict.kind === 'build' || verdict.kind === 'give up') await reportBuild(its, verdict.build);
  if (verdict.kind !== 'build' && verdict.kind !== 'carry') return undefined;
  await withClaim({ records, collection: builds, ref, by: worker, lasts: CLAIM_MS, clock }, passedOn =>
    untilCalledOff(its, ref, calledOff => {
      const lost = AbortSignal.any([passedOn, calledOff]);
      return verdict.kind === 'carry'
        ? carryImage(its, verdict.build, { digest: verdict.digest, lost })
        : makeImage(its, verdict.build, { place, lost });
    }),
  );
  return undefined;
}

/** One transaction: what is to be done, claimed; a build that is given up wakes those that stand on it. */
async function claim(
  its: RunBuild,
  ref: RecordRef<Build>,
  known: Build,
): Promise<BuildVerdict & { readonly woken: readonly Build[] }> {
  const { records, clock, worker, newId } = its;
  const { image, commit, parent, parents = [], carries } = known;
  const refs = {
    build: ref,
    parents: [parent, ...parents].flatMap(above =>
      above === undefined ? [] : [refTo(builds, above, commit)],
    ),
    source: carries === undefined ? [] : [refTo(builds, image, carries)],
    pause: refTo(queuePauses, 'builds'),
    children: childRefs(its.configuration, known),
  };
  const mine = { now: clock.now(), by: worker, lasts: CLAIM_MS, buildId: newId() };
  return records.transact(refs, ({ build, children, pause, source: [source], parents: above }) => {
    const [first, ...others] = parent === undefined ? [undefined, ...above] : above;
    const found = { build, parent: first, others, source };
    const settings = buildSettings(its.configuration, build ?? known);
    const paused = pause && pausedSentence(pause);
    const reuses = its.configuration.repos[known.repo]?.builds.parents === 'reuse';
    const verdict = judgeBuild({ ...found, settings, reuses, paused }, mine);
    const woken = verdict.kind === 'give up' ? wakeChildren(children, verdict.build, mine.now) : [];
    const changed = 'build' in verdict ? [verdict.build, ...woken] : woken;
    return {
      result: { ...verdict, woken },
      writes: changed.map(build => put(builds, owingReport(build, its.configuration, mine.now))),
    };
  });
}
