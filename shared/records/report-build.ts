import type { Configuration } from '../domain/configuration/schema.ts';
import type { Build } from '../domain/documents/build.ts';
import { reportOfBuild } from '../domain/reports/report-of-build.ts';
import type { Forge } from '../ports/forge.ts';
import type { Log } from '../ports/log.ts';

type ReportBuild = {
  readonly configuration: Configuration;
  readonly forge: Pick<Forge, 'report'>;
  readonly log: Log;
};

/**
 * Shows a build beside its commit at the forge, where its repo wants that. It never throws: what a forge refuses to
 * show happened all the same, and the next step of the build is shown again.
 */
export async function reportBuild(its: ReportBuild, build: Build): Promise<void> {
  const { repos, server } = its.configuration;
  if (repos[build.repo]?.report !== true) return;
  const page = server.hostName === undefined ? undefined : `https://${server.hostName}`;
  try {
    await its.forge.report(build.repo, build.commit, reportOfBuild(build, { page }));
  } catch (error) {
    const { image, commit } = build;
    its.log.warn('Build not reported', {
      image,
      commit,
      error: error instanceof Error ? error.message : error,
    });
  }
}
