import type { CommitSha } from '../../shared/domain/names/commit-sha.ts';
import { type Changes, type Forge, MissingCommit } from '../../shared/ports/forge.ts';

export type ChangesSince = (from: CommitSha) => Promise<Changes | undefined>;

/**
 * Each commit is compared once, however many images want to know. Nothing for one that the forge no longer has: its
 * history was rewritten.
 */
export function changesTo(
  forge: Forge,
  { repo, to }: { readonly repo: string; readonly to: CommitSha },
): ChangesSince {
  const known = new Map<CommitSha, Promise<Changes | undefined>>();
  return from => {
    const found =
      known.get(from) ??
      forge.changes(repo, from, to).catch(error => {
        if (error instanceof MissingCommit && error.commit !== to) return undefined;
        throw error;
      });
    known.set(from, found);
    return found;
  };
}
