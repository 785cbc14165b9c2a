import type { Condition, Query, QueryShape } from '../../ports/documents.ts';

type Scalar = Condition['value'];
type Bound = string | number;
/** Where a page begins: behind the document with this key and this value of the field that orders. */
export type Position = { readonly key: string; readonly value: Scalar | undefined };

const OPERATORS = { '==': '=', '<=': '<=', '>=': '>=', '<': '<', '>': '>' } as const;

/** The statement that answers a query in the words of {@link indexSql}, so that SQLite takes that index. */
export function querySql(query: Query, after?: Position): { readonly sql: string; readonly values: Bound[] } {
  const { where = [], orderBy } = query;
  const values: Bound[] = [];
  const bind = (value: Scalar): string => {
    values.push(typeof value === 'boolean' ? Number(value) : value);
    return '?';
  };
  const terms = [`collection = ${quote(query.collection)}`, 'fields IS NOT NULL'];
  terms.push(...fieldsOf({ ...query, where: where.map(({ field }) => field) }).map(present));
  for (const { field, is, value } of where) {
    terms.push(`${extract(field)} ${OPERATORS[is]} ${bind(value)}`, sameType(field, value));
  }
  const direction = orderBy?.direction ?? 'asc';
  const [beyond, from] = direction === 'asc' ? ['>', '>='] : ['<', '<='];
  if (after !== undefined && orderBy === undefined) terms.push(`key > ${bind(after.key)}`);
  if (after?.value !== undefined && orderBy !== undefined) {
    const value = extract(orderBy.field);
    // SQLite takes an index on an expression for plain comparisons only, not for row values: hence the first.
    terms.push(`${value} ${from} ${bind(after.value)}`);
    terms.push(`(${value} ${beyond} ${bind(after.value)} OR key ${beyond} ${bind(after.key)})`);
  }
  const order = orderBy === undefined ? 'key' : `${extract(orderBy.field)} ${direction}, key ${direction}`;
  return {
    sql: `SELECT key, fields FROM documents WHERE ${terms.join(' AND ')} ORDER BY ${order} LIMIT ${bind(query.limit)}`,
    values,
  };
}

/**
 * The index of a declared shape: equal fields first, then the order. It holds only the documents of the
 * collection that have all of the fields, so that the one over `due` is as small as what waits.
 */
export function indexSql(shape: QueryShape): { readonly name: string; readonly sql: string } {
  const fields = fieldsOf(shape);
  const name = `query ${shape.collection} ${fields.join(' ')}`;
  // Without the collection among its columns SQLite would rather take the primary key, and sort.
  const columns = ['collection', ...fields.map(extract), 'key'].join(', ');
  const terms = [`collection = ${quote(shape.collection)}`, ...fields.map(present)].join(' AND ');
  return { name, sql: `CREATE INDEX "${name}" ON documents (${columns}) WHERE ${terms}` };
}

/** In the order of the index: those that are compared, by name, and last the one that orders. */
function fieldsOf({ where, orderBy }: Pick<QueryShape, 'where' | 'orderBy'>): string[] {
  const compared = [...new Set(where)].filter(field => field !== orderBy?.field).sort();
  return orderBy === undefined ? compared : [...compared, orderBy.field];
}

function extract(field: string): string {
  return `fields ->> ${quote(field)}`;
}

function present(field: string): string {
  return `${extract(field)} IS NOT NULL`;
}

/** SQLite compares values of different types, and reads true as 1; in a query they are different. */
function sameType(field: string, value: Scalar): string {
  const type = `json_type(fields, ${quote(`$.${field}`)})`;
  if (typeof value === 'string') return `${type} = 'text'`;
  return typeof value === 'number' ? `${type} IN ('integer', 'real')` : `${type} IN ('true', 'false')`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
