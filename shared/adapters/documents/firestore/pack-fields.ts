import type { Fields } from '../../../ports/documents.ts';

/** A document's fields as Firestore is given them: what queries can find, and everything else as one JSON text. */
export type Packed = {
  readonly columns: Readonly<Record<string, Column>>;
  /** The JSON text of an object with the other fields; absent where there is none. */
  readonly rest: string | undefined;
};
type Column = string | number | boolean;

/** Names of our own begin with `_`, so that no field can be taken for one. */
const COLUMN = /^[A-Za-z][A-Za-z0-9_]{0,99}$/;
/** Of a longer text Firestore indexes the beginning only (https://firebase.google.com/docs/firestore/quotas). */
const LONGEST_COLUMN = 1_500;

/**
 * Short texts, numbers and booleans at the top become fields of the Firestore document. Everything else goes
 * into one JSON text: Firestore knows no list in a list and no lone surrogate, limits names and depth, and
 * counts `null` and objects among the values that order documents, where the port leaves them out.
 *
 * @throws {TypeError} when the fields are not JSON.
 */
export function packFields(fields: Fields): Packed {
  const columns: Record<string, Column> = {};
  const others: [string, unknown][] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (COLUMN.test(name) && isColumn(value)) columns[name] = plain(value);
    else if (value !== undefined) others.push([name, value]);
  }
  return { columns, rest: others.length === 0 ? undefined : JSON.stringify(Object.fromEntries(others)) };
}

/** The inverse of {@link packFields}; fields that are not columns' are left out. */
export function unpackFields(stored: Readonly<Record<string, unknown>>, rest: string | undefined): Fields {
  const columns = columnNames(stored).map(name => [name, stored[name]]);
  return { ...Object.fromEntries(columns), ...(rest === undefined ? {} : JSON.parse(rest)) };
}

export function columnNames(stored: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(stored).filter(name => COLUMN.test(name));
}

function isColumn(value: unknown): value is Column {
  if (typeof value === 'string') return value.isWellFormed() && Buffer.byteLength(value) <= LONGEST_COLUMN;
  return typeof value === 'boolean' || Number.isFinite(value);
}

/** JSON knows no negative zero. */
function plain(value: Column): Column {
  return value === 0 ? 0 : value;
}
