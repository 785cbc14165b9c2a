import { checkQuery } from '../../shared/adapters/documents/declared-query.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import type {
  Condition,
  Documents,
  Fields,
  Json,
  Query,
  QueryShape,
  Stored,
  Watcher,
} from '../../shared/ports/documents.ts';

/** Every document by `collection/key`, in that order; compare with `t.deepEqual`, or as JSON text. */
export type Snapshot = Readonly<Record<string, Fields>>;
export type MemoryDocuments = Documents & {
  snapshot(): Snapshot;
  /** Makes the documents exactly those of the snapshot; watchers are not told. */
  restore(snapshot: Snapshot): void;
};

/** Documents in a map. What is stored is a frozen copy, so that reading, snapshots and restoring copy nothing. */
export function createMemoryDocuments({
  queries,
}: {
  /** Refuses others, as every real engine does; without it every query is answered. */
  readonly queries?: readonly QueryShape[];
} = {}): MemoryDocuments {
  let documents = new Map<string, Fields>();
  const watchers = new Set<{ readonly tell: Watcher }>();

  return {
    async get(ref) {
      return documents.get(pathOf(ref));
    },

    async query(query) {
      checkQuery(query, queries ?? [{ ...query, where: (query.where ?? []).map(({ field }) => field) }]);
      return behind(query, matching(query)).slice(0, query.limit);
    },

    async transact(refs, judge) {
      const { result, writes } = judge(refs.map(ref => documents.get(pathOf(ref))));
      const copies = writes.map(({ ref, fields }) => ({ ref, fields: fields && frozenCopy(fields) }));
      for (const { ref, fields } of copies) {
        if (fields === undefined) documents.delete(pathOf(ref));
        else documents.set(pathOf(ref), fields as Fields);
        for (const { tell } of watchers) queueMicrotask(() => tell(ref));
      }
      return result;
    },

    watch(tell) {
      const watcher = { tell };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },

    snapshot: () => Object.fromEntries([...documents].sort(([a], [b]) => compare(a, b))),

    restore(snapshot) {
      documents = new Map(Object.entries(snapshot));
    },
  };

  function matching({ collection, where = [], orderBy }: Query): Stored[] {
    const prefix = `${collection}/`;
    const found: Stored[] = [];
    for (const [path, fields] of documents) {
      if (!path.startsWith(prefix) || !where.every(condition => holds(condition, fields))) continue;
      if (orderBy !== undefined && !isScalar(fields[orderBy.field])) continue;
      found.push({ key: path.slice(prefix.length), fields });
    }
    const sign = orderBy?.direction === 'desc' ? -1 : 1;
    const orderOf = ({ fields }: Stored) => (orderBy === undefined ? undefined : fields[orderBy.field]);
    return found.sort((a, b) => sign * (compare(orderOf(a), orderOf(b)) || compare(a.key, b.key)));
  }

  function behind({ collection, after }: Query, found: Stored[]): Stored[] {
    if (after === undefined) return found;
    const at = found.findIndex(({ key }) => key === after);
    if (at >= 0) return found.slice(at + 1);
    throw new PermanentError(`Cannot go on after "${collection}/${after}": it is not there any more`);
  }
}

function pathOf({ collection, key }: { readonly collection: string; readonly key: string }): string {
  return `${collection}/${key}`;
}

/** As if written as JSON and read again: fields that are `undefined` are gone. */
function frozenCopy(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  const copy = Object.entries(value).flatMap(([name, field]) =>
    field === undefined ? [] : [[name, frozenCopy(field)] as const],
  );
  return Object.freeze(Object.fromEntries(copy));
}

function holds({ field, is, value }: Condition, fields: Fields): boolean {
  const actual = fields[field];
  if (typeof actual !== typeof value) return false;
  const order = compare(actual, value);
  if (is === '==') return order === 0;
  return is.startsWith('<')
    ? order < 0 || (is === '<=' && order === 0)
    : order > 0 || (is === '>=' && order === 0);
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** Numbers before texts; texts by code points, as their UTF-8 bytes are ordered. */
function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'string' || typeof b === 'string') return typeof a === 'string' ? 1 : -1;
  return Number(a) - Number(b);
}
