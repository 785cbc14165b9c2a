import type { CommitSha } from '../domain/names/commit-sha.ts';

/** Text files by their paths. */
export type Pages = ReadonlyMap<string, string>;

/** The pages as they are at the time of the edit; what is not there is left out. */
export type ReadPages = (paths: readonly string[]) => Promise<Pages>;
export type WikiChange = { readonly pages: Pages; readonly message: string };

/**
 * What to write. It is asked anew when somebody else changed the pages meanwhile, so it gathers what it goes by each
 * time, after the pages are settled: then who writes last has seen what those before have shown.
 */
export type WikiEdit = (read: ReadPages) => Promise<WikiChange>;

/** Pages that people read, kept in a Git repository. */
export interface Wiki {
  readonly read: ReadPages;
  /**
   * Writes the pages of the change in one commit; those that it does not name stay as they are. Safe to repeat: what is there
   * already makes no commit. @returns the newest commit of the wiki.
   *
   * @throws {PermanentError} when somebody has to mend it; any other error may pass by itself.
   */
  publish(edit: WikiEdit, signal: AbortSignal): Promise<CommitSha>;
}
