import { PermanentError } from '../../domain/permanent-error.ts';
import type { Query, QueryShape, Ref } from '../../ports/documents.ts';

const MOST = 1_000;

/**
 * Refuses a query that no index serves: the fields it compares and its order must be those of a declared shape.
 * A query with neither, in the order of the keys, is always allowed.
 * @throws {PermanentError} also when the limit is not 1 to 1,000, or a range is not in its own order.
 */
export function checkQuery(query: Query, declared: readonly QueryShape[]): void {
  if (!(Number.isInteger(query.limit) && query.limit >= 1 && query.limit <= MOST)) {
    throw new PermanentError(
      `Cannot query "${query.collection}": limit is ${query.limit}, give 1 to ${MOST}`,
    );
  }
  const range = (query.where ?? []).find(({ field, is }) => is !== '==' && field !== query.orderBy?.field);
  if (range !== undefined) {
    throw new PermanentError(
      `Cannot query "${query.collection}": it compares "${range.field}" for a range, order it by that field`,
    );
  }
  const where = (query.where ?? []).map(condition => condition.field);
  if (where.length === 0 && query.orderBy === undefined) return;
  const wanted = shapeText({ ...query, where });
  if (declared.some(shape => shapeText(shape) === wanted)) return;
  throw new PermanentError(
    `Cannot query ${wanted}: no index is declared for it, add it to the list of queries`,
  );
}

/** The document behind which a query was to go on has been deleted. */
export function pageGone({ collection, key }: Ref): PermanentError {
  return new PermanentError(
    `Cannot go on after "${collection}/${key}": it is not there any more, begin again`,
  );
}

/** What tells shapes apart, as words: `"builds" by image, digest ordered by requestedAt desc`. */
export function shapeText({ collection, where, orderBy }: QueryShape): string {
  const by = where.length === 0 ? '' : ` by ${[...new Set(where)].sort().join(', ')}`;
  const ordered = orderBy === undefined ? '' : ` ordered by ${orderBy.field} ${orderBy.direction}`;
  return `"${collection}"${by}${ordered}`;
}
