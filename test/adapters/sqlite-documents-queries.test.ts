import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { indexSql, querySql } from '../../shared/adapters/documents/query-sql.ts';
import { openSqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';
import type { Condition, Query, QueryShape } from '../../shared/ports/documents.ts';
import { queries } from '../../shared/records/queries.ts';
import { store } from '../contracts/documents.ts';
import { stateFolder } from '../helpers/state-folder.ts';

const after = { key: 'k', value: 'v' };

for (const shape of queries) {
  const { name } = indexSql(shape);
  const direction = shape.orderBy?.direction ?? 'in the order of the keys';
  test(`SQLite answers the "${name}" ${direction} from its index, without sorting`, async t => {
    const { open, path } = await stateFolder(t, queries);
    open();
    const db = new DatabaseSync(path);
    t.teardown(() => db.close());
    for (const { sql, values } of [querySql(queryOf(shape)), querySql(queryOf(shape), after)]) {
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
      const detail = plan.map(row => String(row['detail'])).join('; ');
      t.true(detail.startsWith(`SEARCH documents USING INDEX ${name} (collection=?`), detail);
      t.notRegex(detail, /TEMP B-TREE/);
    }
  });
}

test('SQLite answers a query in the order of the keys from the primary key', async t => {
  const { open, path } = await stateFolder(t, []);
  open();
  const db = new DatabaseSync(path);
  t.teardown(() => db.close());
  const { sql, values } = querySql({ collection: 'tags', limit: 10 }, { key: 'k', value: undefined });
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
  t.deepEqual(
    plan.map(row => row['detail']),
    ['SEARCH documents USING INDEX sqlite_autoindex_documents_1 (collection=? AND key>?)'],
  );
});

test('opening with other queries drops the indexes that nobody needs and makes those that are missing', async t => {
  const { open, path } = await stateFolder(t, queries.slice(0, 3));
  const first = open();
  await store(first, { collection: 'deliveries', key: 'a' }, { status: 'done' });
  await first.close();
  const wanted = queries.slice(2, 5);
  const second = openSqliteDocuments({ path, queries: wanted });
  t.deepEqual(await second.get({ collection: 'deliveries', key: 'a' }), { status: 'done' });
  await second.close();
  const db = new DatabaseSync(path);
  t.teardown(() => db.close());
  const there = db.prepare(`SELECT name FROM sqlite_schema WHERE name GLOB 'query *' ORDER BY name`).all();
  t.deepEqual(there.map(({ name }) => name).sort(), wanted.map(shape => indexSql(shape).name).sort());
});

/** The query of a shape: the field that orders is compared as a bound, the others are equal. */
function queryOf({ collection, where, orderBy }: QueryShape): Query {
  const conditions = where.map(
    (field): Condition => ({ field, is: field === orderBy?.field ? '<=' : '==', value: 'v' }),
  );
  return { collection, where: conditions, ...(orderBy && { orderBy }), limit: 10 };
}
