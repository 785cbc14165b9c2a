import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Fields, Ref, Stored, Write } from '../../ports/documents.ts';

const NEXT_CHANGE = '(SELECT coalesce(max(change), 0) + 1 FROM documents)';

/** The statements over the table of documents; every call is one statement, run at once. */
export type DocumentTable = ReturnType<typeof createDocumentTable>;

export function createDocumentTable(db: DatabaseSync) {
  const read = db.prepare('SELECT fields FROM documents WHERE collection = ? AND key = ?');
  const put = db.prepare(`
    INSERT INTO documents (collection, key, change, expire_at, fields) VALUES (?, ?, ${NEXT_CHANGE}, ?, ?)
    ON CONFLICT (collection, key)
    DO UPDATE SET change = excluded.change, expire_at = excluded.expire_at, fields = excluded.fields`);
  const remove = db.prepare(`
    UPDATE documents SET change = ${NEXT_CHANGE}, expire_at = NULL, fields = NULL
    WHERE collection = ? AND key = ? AND fields IS NOT NULL`);
  const newest = db.prepare('SELECT coalesce(max(change), 0) AS change FROM documents');
  const changes = db.prepare(
    'SELECT collection, key, change FROM documents WHERE change > ? ORDER BY change',
  );
  const expired = db.prepare(`
    SELECT collection, key FROM documents WHERE expire_at IS NOT NULL AND expire_at <= ? ORDER BY expire_at LIMIT ?`);
  // The newest change stays, whatever it is: the next one is counted from it.
  const forget = db.prepare(`
    DELETE FROM documents WHERE fields IS NULL AND change <= ? AND change < (SELECT max(change) FROM documents)`);
  const queries = new Map<string, ReturnType<typeof db.prepare>>();

  return {
    read({ collection, key }: Ref): Fields | undefined {
      return parse(read.get(collection, key)?.['fields']);
    },
    write({ ref: { collection, key }, fields }: Write): void {
      if (fields === undefined) remove.run(collection, key);
      else put.run(collection, key, expiry(fields), JSON.stringify(fields));
    },
    query(sql: string, values: readonly SQLInputValue[]): Stored[] {
      const statement = queries.get(sql) ?? db.prepare(sql);
      queries.set(sql, statement);
      return statement.all(...values).flatMap(row => {
        const fields = parse(row['fields']);
        return fields === undefined ? [] : [{ key: String(row['key']), fields }];
      });
    },
    newestChange: (): number => Number(newest.get()?.['change']),
    changesAfter: (change: number) =>
      changes.all(change).map(row => ({ ref: refOf(row), change: Number(row['change']) })),
    expired: (at: string, limit: number): Ref[] => expired.all(at, limit).map(refOf),
    /** Drops what is left of the documents that were deleted up to this change. */
    forgetDeleted: (upTo: number): void => void forget.run(upTo),
  };
}

function parse(text: unknown): Fields | undefined {
  return typeof text === 'string' ? JSON.parse(text) : undefined;
}

function expiry({ expireAt }: Fields): string | null {
  return typeof expireAt === 'string' ? expireAt : null;
}

function refOf(row: Record<string, unknown>): Ref {
  return { collection: String(row['collection']), key: String(row['key']) };
}
