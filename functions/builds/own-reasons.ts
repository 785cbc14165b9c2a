import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import type { Reason } from '../../shared/domain/plans/reasons.ts';
import { reasonsOfFiles, type Touched, touchedImages } from '../../shared/domain/plans/touched-images.ts';
import type { TreeAtCommit } from '../../shared/ports/trees.ts';
import type { ChangesSince } from './changes-to.ts';

type Bases = {
  readonly bases: ReadonlyMap<string, CommitSha>;
  readonly since: CommitSha | undefined;
  readonly changes: ChangesSince;
};

/** Of images that are compared with another commit than the rest, or with none. */
export async function ownReasons(
  { images, rules }: TreeAtCommit,
  { bases, since, changes }: Bases,
): Promise<ReadonlyMap<string, readonly Reason[]>> {
  const own = new Map<string, readonly Reason[]>();
  if (since === undefined) return own;
  const touchedSince = new Map<CommitSha, Touched>();
  for (const { name } of images) {
    const base = bases.get(name);
    if (base === undefined) {
      own.set(name, [{ kind: 'never built' }]);
      continue;
    }
    const found = await changes(base);
    if (found === undefined) own.set(name, [{ kind: 'nothing to compare', commit: base }]);
    if (found === undefined || base === since) continue;
    const touched = touchedSince.get(base) ?? touchedImages(found.files, { images, rules });
    touchedSince.set(base, touched);
    own.set(name, reasonsOfFiles(name, touched));
  }
  return own;
}
