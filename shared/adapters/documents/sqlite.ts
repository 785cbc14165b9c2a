import type { Documents, Query, QueryShape } from '../../ports/documents.ts';
import { createChangeFeed } from './change-feed.ts';
import { checkQuery, pageGone } from './declared-query.ts';
import { createDocumentTable } from './document-table.ts';
import { createGroupCommit } from './group-commit.ts';
import { type Position, querySql } from './query-sql.ts';
import { openStateFile } from './state-file.ts';
import { whenFree } from './when-free.ts';

const EXPIRE_AT_ONCE = 200;
const FORGET_AFTER_MS = 3_600_000;

export type SqliteDocuments = Documents & {
  /**
   * Deletes the documents whose `expireAt` (RFC 3339, UTC, milliseconds) is not after `now` (milliseconds since
   * the Unix epoch). Returns how many. What remains of deleted ones is removed by calls an hour or more later.
   */
  expire(now: number): Promise<number>;
  /** Takes no more, waits for the transactions under way and closes the file. */
  close(): Promise<void>;
};

/**
 * Documents in one SQLite file, which several processes may open at the same time. The folder must be there.
 * @throws {PermanentError} when the file cannot be used, with what to do.
 */
export function openSqliteDocuments({
  path,
  queries,
}: {
  readonly path: string;
  /** Every query that will be made; others are refused. */
  readonly queries: readonly QueryShape[];
}): SqliteDocuments {
  const db = openStateFile(path, queries);
  const table = createDocumentTable(db);
  const feed = createChangeFeed(table);
  const commits = createGroupCommit(db, feed.look);
  let open = true;
  let deleted = { upTo: 0, at: Number.NEGATIVE_INFINITY };

  return {
    get: async ref => whenFree(() => opened(table).read(ref)),

    async query(query) {
      checkQuery(query, queries);
      return whenFree(() => {
        const { sql, values } = querySql(query, positionOf(query));
        return opened(table).query(sql, values);
      });
    },

    transact: async (refs, judge) =>
      opened(commits).run(() => {
        const { result, writes } = judge(refs.map(table.read));
        for (const write of writes) table.write(write);
        return result;
      }),

    watch: watcher => opened(feed).watch(watcher),

    async expire(now) {
      const at = new Date(now).toISOString();
      let count = 0;
      for (;;) {
        const found = await opened(commits).run(() => expireSome(at));
        count += found;
        if (found < EXPIRE_AT_ONCE) break;
      }
      await opened(commits).run(() => forgetDeleted(now));
      return count;
    },

    async close() {
      if (!open) return;
      open = false;
      await commits.idle();
      feed.close();
      db.close();
    },
  };

  function opened<T>(part: T): T {
    if (open) return part;
    throw new Error(`Cannot use the state file "${path}": it was closed`);
  }

  function positionOf({ collection, after, orderBy }: Query): Position | undefined {
    if (after === undefined) return undefined;
    const fields = table.read({ collection, key: after });
    const value = orderBy === undefined ? undefined : fields?.[orderBy.field];
    if (fields !== undefined && (orderBy === undefined || isScalar(value))) {
      return { key: after, value: isScalar(value) ? value : undefined };
    }
    throw pageGone({ collection, key: after });
  }

  function expireSome(at: string): number {
    const refs = table.expired(at, EXPIRE_AT_ONCE);
    for (const ref of refs) table.write({ ref, fields: undefined });
    return refs.length;
  }

  function forgetDeleted(now: number): void {
    if (now - deleted.at < FORGET_AFTER_MS) return;
    table.forgetDeleted(deleted.upTo);
    deleted = { upTo: table.newestChange(), at: now };
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
