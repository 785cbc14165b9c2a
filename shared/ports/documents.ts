export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [field: string]: Json | undefined };
/** A document's fields. A field that is `undefined` is as good as absent. */
export type Fields = { readonly [field: string]: Json | undefined };
export type Ref = { readonly collection: string; readonly key: string };
export type Stored = { readonly key: string; readonly fields: Fields };

/** Put the document there, replacing what is there, or delete it (no fields). */
export type Write = { readonly ref: Ref; readonly fields: Fields | undefined };
export type Decision<R> = { readonly result: R; readonly writes: readonly Write[] };
/** Pure, since it may run again: the documents in the order of the refs, `undefined` where there is none. */
export type Judge<R> = (documents: readonly (Fields | undefined)[]) => Decision<R>;

export type Condition = {
  readonly field: string;
  readonly is: '==' | '<=' | '>=' | '<' | '>';
  readonly value: string | number | boolean;
};
export type Query = {
  readonly collection: string;
  /** All of them hold. A range (`<=`, `>=`, `<`, `>`) is in the order of the field that it compares. */
  readonly where?: readonly Condition[];
  /** Documents without this field are left out. Equal values are ordered by key, in the same direction. */
  readonly orderBy?: { readonly field: string; readonly direction: 'asc' | 'desc' };
  /** At most this many, 1 to 1,000. */
  readonly limit: number;
  /** Goes on behind the document with this key, which must still be there. */
  readonly after?: string;
};

/** Which fields a query compares and which it is ordered by. Engines make their indexes from a list of shapes. */
export type QueryShape = {
  readonly collection: string;
  readonly where: readonly string[];
  readonly orderBy?: { readonly field: string; readonly direction: 'asc' | 'desc' };
};

/** A reference to a document that was just changed or deleted. */
export type Watcher = (ref: Ref) => void;

/**
 * Documents keyed by collection and key. Fields are top-level JSON values; queries name top-level fields.
 * A `get` sees every transaction that was finished before it began.
 */
export interface Documents {
  get(ref: Ref): Promise<Fields | undefined>;
  /** Without `orderBy`, in the order of the keys (by UTF-16 code units of the ASCII keys). */
  query(query: Query): Promise<Stored[]>;
  /**
   * Reads the refs, lets the judge decide and stores all of its writes, or none of them; serialisable against
   * every other transaction. Resolves once the writes are durable. If the judge throws, nothing is written and
   * its error is thrown on. The judge may write documents that it did not read: those are replaced blindly.
   */
  transact<R>(refs: readonly Ref[], judge: Judge<R>): Promise<R>;
  /**
   * Tells of every change committed after the call in a collection that has queries, at least once, soon (within
   * 2 s across processes).
   */
  watch(watcher: Watcher): () => void;
}
