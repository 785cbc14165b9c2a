import { buildSettings } from '../../shared/domain/builds/build-settings.ts';
import { stopAll } from '../../shared/domain/builds/stop-all.ts';
import { instant } from '../../shared/domain/claims.ts';
import type { Configuration, ImageConfiguration } from '../../shared/domain/configuration/schema.ts';
import { formatNotice } from '../../shared/domain/deliveries/format-notice.ts';
import type { Build, BuildStep } from '../../shared/domain/documents/build.ts';
import type { Delivery } from '../../shared/domain/documents/delivery.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import { owingReport } from '../../shared/domain/reports/owed-report.ts';
import type { Built } from '../../shared/ports/builder.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Hints } from '../../shared/ports/hints.ts';
import type { Log } from '../../shared/ports/log.ts';
import { refsToStop } from '../../shared/records/child-builds.ts';
import { builds, deliveries } from '../../shared/records/collections.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';
import { reportBuild } from '../../shared/records/report-build.ts';
import { placeOf, publishedTag } from './published-name.ts';
import { isCalledOff } from './until-called-off.ts';

export type FinishBuild = {
  readonly records: Records;
  readonly hints: Hints;
  readonly forge: Forge;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
  readonly redact: (text: string) => string;
};
export type End = {
  readonly built?: Built;
  readonly failure?: string;
  readonly log?: string;
  readonly builder?: string | undefined;
  readonly steps?: readonly BuildStep[];
  /** The folder of what is left of it. */
  readonly results?: string | undefined;
};

/**
 * Stores a build's end together with its notice, which is settled like any stranger's: a builder never decides
 * what becomes of its image. A failure that ends the whole run does so in the same moment, before its place is free.
 * Whoever lost the build to another worker stores nothing.
 */
export async function finishBuild(its: FinishBuild, build: Build, end: End): Promise<void> {
  const { records, hints, clock } = its;
  const ref = refTo(builds, build.image, build.commit);
  const settings = buildSettings(its.configuration, build);
  // Whoever looks at it when its claim has ended gives it up.
  if (settings === undefined) return;
  const notice = noticeOf(its, settings, build, end);
  const others = end.built === undefined ? await refsToStop(its, build) : [];
  const stopped = await records.transact({ found: ref, others }, ({ found, others }) => {
    if (found === undefined || isCalledOff(found) || found.buildId !== build.buildId) {
      return { result: undefined, writes: [] };
    }
    const steps = [
      ...found.steps,
      ...(end.steps ?? []),
      { name: end.built === undefined ? 'failed' : 'pushed', at: instant(clock.now()) },
    ];
    const ended = {
      ...found,
      steps,
      log: end.log,
      builder: end.builder,
      results: end.results,
      keptAt: end.results === undefined ? undefined : instant(clock.now()),
      claim: undefined,
      due: undefined,
      endedAt: instant(clock.now()),
    };
    const stopped = stopAll(others, found, clock.now());
    const changed = [ended, ...stopped].map(build =>
      put(builds, owingReport(build, its.configuration, clock.now())),
    );
    return { result: stopped, writes: [...changed, put(deliveries, notice)] };
  });
  if (stopped === undefined) return;
  await hints.publish([
    { topic: 'notices', collection: 'deliveries', key: refTo(deliveries, notice.source, notice.id).key },
  ]);
  for (const other of stopped) await reportBuild(its, other);
}

function noticeOf(its: FinishBuild, settings: ImageConfiguration, build: Build, end: End): Delivery {
  const { configuration, clock, redact } = its;
  const { image, commit, branch, buildId, startedAt, parentDigest } = build;
  const now = clock.now();
  const body = formatNotice({
    image: { ...placeOf(settings), tag: publishedTag(build) },
    own: { image, commit },
    repo: configuration.repos[build.repo]?.url ?? '',
    status: end.built === undefined ? 'failed' : 'succeeded',
    ...(branch !== undefined && { branch }),
    ...(end.built !== undefined && { digest: end.built.digest }),
    ...(buildId !== undefined && { buildId }),
    ...(startedAt !== undefined && { startedAt }),
    ...(parentDigest !== undefined && { parentDigest }),
    ...(end.failure !== undefined && { message: redact(end.failure) }),
  });
  return {
    source: 'builder',
    id: `${image}-${commit}-${buildId ?? ''}`,
    kind: 'notices',
    event: 'notice',
    topic: 'notices',
    receivedAt: instant(now),
    repeats: 0,
    body,
    status: 'waiting',
    expireAt: instant(now + milliseconds(configuration.keep.deliveries)),
    due: instant(now),
    attempts: 0,
  };
}
