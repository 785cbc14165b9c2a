import type { Watcher } from '../../ports/documents.ts';
import type { DocumentTable } from './document-table.ts';
import { isSqliteError } from './sqlite-errors.ts';

/** How often the changes of other processes are looked for. */
const EVERY_MS = 500;

/** Tells watchers of changes: of our own when asked to look after a commit, of other processes' by looking now and then. */
export type ChangeFeed = {
  watch(watcher: Watcher): () => void;
  look(): void;
  close(): void;
};

export function createChangeFeed(table: DocumentTable): ChangeFeed {
  const watchers = new Set<{ readonly tell: Watcher }>();
  let seen = 0;
  let timer: NodeJS.Timeout | undefined;

  return {
    watch(tell) {
      if (watchers.size === 0) {
        seen = table.newestChange();
        timer = setInterval(look, EVERY_MS).unref();
      }
      const watcher = { tell };
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) clearInterval(timer);
      };
    },
    look,
    close() {
      watchers.clear();
      clearInterval(timer);
    },
  };

  function look(): void {
    if (watchers.size === 0) return;
    for (const { ref, change } of changes()) {
      seen = change;
      // In a turn of its own, so that a watcher that throws harms neither the commit nor the others.
      for (const { tell } of watchers) queueMicrotask(() => tell(ref));
    }
  }

  function changes() {
    try {
      return table.changesAfter(seen);
    } catch (error) {
      if (isSqliteError(error)) return []; // The next look finds them; no commit fails for its watchers.
      throw error;
    }
  }
}
