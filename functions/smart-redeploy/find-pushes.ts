import { trackedBranches } from '../../shared/domain/configuration/lookups.ts';
import type { Configuration } from '../../shared/domain/configuration/schema.ts';
import type { Remark } from '../../shared/domain/documents/survey.ts';
import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { Forge } from '../../shared/ports/forge.ts';
import { branches } from '../../shared/records/collections.ts';
import { type Records, refTo } from '../../shared/records/records.ts';

export type MissedPush = {
  readonly repo: string;
  readonly branch: string;
  readonly before: CommitSha;
  readonly after: CommitSha;
};
type Options = {
  readonly records: Records;
  readonly configuration: Configuration;
  readonly forge: Pick<Forge, 'head'>;
};

/** Every tracked branch whose head is another than the last push told: one cheap question a branch. */
export async function findPushes({ records, configuration, forge }: Options) {
  const names = Object.keys(configuration.repos).flatMap(repo =>
    [...trackedBranches(configuration, repo)].map(branch => ({ repo, branch })),
  );
  const each = await Promise.all(
    names.map(async ({ repo, branch }): Promise<{ missed?: MissedPush; remark?: Remark }> => {
      const about = `${repo} ${branch}`;
      try {
        const [known, after] = await Promise.all([
          records.get(refTo(branches, repo, branch)),
          forge.head(repo, branch),
        ]);
        // A branch that nobody ever told of begins with its first push: to watch is not to deploy.
        if (after === undefined || known === undefined || after === known.head) return {};
        const says = `no webhook told of ${after.slice(0, 12)}; it is taken up now`;
        return {
          missed: { repo, branch, before: known.head, after },
          remark: { kind: 'push', about, says },
        };
      } catch (error) {
        return {
          remark: { kind: 'repo', about, says: error instanceof Error ? error.message : String(error) },
        };
      }
    }),
  );
  return {
    missed: each.flatMap(({ missed }) => missed ?? []),
    remarks: each.flatMap(({ remark }) => remark ?? []),
  };
}
