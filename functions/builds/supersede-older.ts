import { supersede } from '../../shared/domain/builds/supersede.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import { milliseconds } from '../../shared/domain/durations.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Log } from '../../shared/ports/log.ts';
import { builds } from '../../shared/records/collections.ts';
import { queryAll } from '../../shared/records/query-all.ts';
import { put, type Records, refTo } from '../../shared/records/records.ts';
import { reportBuild } from '../../shared/records/report-build.ts';

type SupersedeOlder = {
  readonly records: Records;
  readonly forge: Forge;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly log: Log;
};
type NewHead = { readonly repo: string; readonly branch: string; readonly commit: CommitSha };

/** Calls off the builds of older commits of a branch, as far as its repo wants that. Safe to repeat. */
export async function supersedeOlder(its: SupersedeOlder, { repo, branch, commit }: NewHead): Promise<void> {
  const { records, configuration, clock } = its;
  const { supersede: how = 'never', quiet = '0s' } = configuration.repos[repo]?.builds ?? {};
  if (how === 'never' && milliseconds(quiet) === 0) return;
  const running = how === 'running';
  for (const status of running ? ['waiting', 'building'] : ['waiting']) {
    const where = [
      { field: 'repo', is: '==', value: repo },
      { field: 'branch', is: '==', value: branch },
      { field: 'status', is: '==', value: status },
    ] as const;
    for (const { image, commit: older } of await queryAll(records, builds, where)) {
      const called = await records.transact({ build: refTo(builds, image, older) }, ({ build }) => {
        const off = supersede(build, { by: commit, running, now: clock.now() });
        return { result: off, writes: off === undefined ? [] : [put(builds, off)] };
      });
      if (called !== undefined) await reportBuild(its, called);
    }
  }
}
