import type { CommitSha } from '../domain/names/commit-sha.ts';

/** Text files by their paths. */
export type Pages = ReadonlyMap<string, string>;

export type WikiEdit = {
  /** Paths of the pages that the edit wants to see. */
  readonly read: readonly string[];
  /** The pages to write, from those that are there. It may be asked again, when somebody else changed them meanwhile. */
  readonly edit: (found: Pages) => Pages;
  readonly message: string;
};

/** Pages that people read, kept in a Git repository. */
export interface Wiki {
  /** The pages that are there now; what is not there is left out. */
  read(paths: readonly string[]): Promise<Pages>;
  /**
   * Writes the pages in one commit; those that it does not name stay as they are. Safe to repeat: what is there
   * already makes no commit. @returns the newest commit of the wiki.
   *
   * @throws {PermanentError} when somebody has to mend it; any other error may pass by itself.
   */
  publish(edit: WikiEdit, signal: AbortSignal): Promise<CommitSha>;
}
