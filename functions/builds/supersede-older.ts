import { supersede, superseded } from '../../shared/domain/builds/supersede.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Branch } from '../../shared/domain/documents/branch.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { owingReport } from '../../shared/domain/reports/owed-report.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import type { Log } from '../../shared/ports/log.ts';
import { branches, builds } from '../../shared/records/collections.ts';
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
type NewHead = {
  readonly repo: string;
  readonly branch: string;
  readonly commit: CommitSha;
  /** The branch as it was when the commit was found to be its next head. */
  readonly known: Branch | undefined;
};

/**
 * Calls off the builds of older commits of a branch, as far as its repo wants that, and as long as the branch is where
 * it was: which commits are older is not known any more once it has moved on. Safe to repeat.
 *
 * @returns whether any was called off.
 */
export async function supersedeOlder(its: SupersedeOlder, newHead: NewHead): Promise<boolean> {
  const { records, configuration, clock } = its;
  const { repo, branch, commit, known } = newHead;
  const statuses = superseded(configuration.repos[repo]?.builds);
  const running = statuses.includes('building');
  let isAny = false;
  for (const status of statuses) {
    const where = [
      { field: 'repo', is: '==', value: repo },
      { field: 'branch', is: '==', value: branch },
      { field: 'status', is: '==', value: status },
    ] as const;
    for (const { image, commit: older } of await queryAll(records, builds, where)) {
      const refs = { build: refTo(builds, image, older), at: refTo(branches, repo, branch) };
      const called = await records.transact(refs, ({ build, at }) => {
        const isThere = at?.head === known?.head;
        const off = isThere ? supersede(build, { by: commit, running, now: clock.now() }) : undefined;
        return {
          result: off,
          writes: off === undefined ? [] : [put(builds, owingReport(off, configuration, clock.now()))],
        };
      });
      if (called === undefined) continue;
      isAny = true;
      await reportBuild(its, called);
    }
  }
  return isAny;
}
