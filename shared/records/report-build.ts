import { hasEnded } from '../domain/builds/has-ended.ts';
import { instant } from '../domain/claims.ts';
import type { Configuration } from '../domain/configuration/schema.ts';
import type { Build } from '../domain/documents/build.ts';
import type { Instant } from '../domain/documents/waiting.ts';
import { isReported, nextReport } from '../domain/reports/owed-report.ts';
import { reportOfBuild } from '../domain/reports/report-of-build.ts';
import type { Clock } from '../ports/clock.ts';
import type { Forge } from '../ports/forge.ts';
import type { Log } from '../ports/log.ts';
import { builds } from './collections.ts';
import { put, type Records, refTo } from './records.ts';

export type ReportBuild = {
  readonly records: Records;
  readonly configuration: Configuration;
  readonly forge: Pick<Forge, 'report'>;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * Shows a build beside its commit at the forge, where its repo wants that. It never throws for what the forge does
 * not take: of a build that goes on, the next step is shown again, and the end of one is due until it is shown.
 */
export async function reportBuild(its: ReportBuild, build: Build): Promise<void> {
  if (!isReported(build, its.configuration)) return;
  const isShown = await show(its, build);
  if (hasEnded(build)) await dueAgain(its, build, isShown ? undefined : nextReport(build, its.clock.now()));
}

/** Reports the end of a build that is due for nothing else: nobody did, or the forge did not take it. */
export async function reportAgain(its: ReportBuild, build: Build): Promise<void> {
  if (build.due === undefined || build.due > instant(its.clock.now())) return;
  if (isReported(build, its.configuration)) await reportBuild(its, build);
  else await dueAgain(its, build, undefined);
}

async function show({ configuration, forge, log }: ReportBuild, build: Build): Promise<boolean> {
  const { hostName } = configuration.server;
  const page = hostName === undefined ? undefined : `https://${hostName}`;
  const { image, repo, commit } = build;
  try {
    await forge.report(repo, commit, reportOfBuild(build, { page }));
    return true;
  } catch (error) {
    log.warn('Build not reported', { image, commit, error: error instanceof Error ? error.message : error });
    return false;
  }
}

/** Unless something has become of it since, which is reported by whoever did that. */
async function dueAgain({ records }: ReportBuild, build: Build, due: Instant | undefined): Promise<void> {
  const { image, commit, status, endedAt } = build;
  await records.transact({ found: refTo(builds, image, commit) }, ({ found }) => {
    const isSame = found?.status === status && found.endedAt === endedAt;
    return { result: undefined, writes: isSame ? [put(builds, { ...found, due })] : [] };
  });
}
