import type { z } from 'zod';
import { PermanentError } from '../domain/permanent-error.ts';
import type { Condition, Documents, Fields, Ref, Stored } from '../ports/documents.ts';
import { type Collection, keyOf } from './collections.ts';

/** A typed reference: the document behind it is checked when it is read. */
export type RecordRef<T> = Ref & { readonly of: { readonly name: string; readonly schema: z.ZodType<T> } };
type AnyRef = RecordRef<unknown>;
/** What a transaction reads, by names of the caller's choice (or in a tuple): references, or lists of them. */
type Refs = { readonly [name: string | number]: AnyRef | readonly AnyRef[] };
type Found<R> = {
  readonly [Name in keyof R]: R[Name] extends RecordRef<infer T>
    ? T | undefined
    : R[Name] extends readonly RecordRef<infer T>[]
      ? readonly (T | undefined)[]
      : never;
};

/** A document to store; made by {@link put}. */
export type Put = { readonly ref: Ref; readonly fields: Fields };
/** A document to delete; made by {@link remove}. */
export type Removal = { readonly ref: Ref; readonly fields: undefined };
export type Verdict<R> = { readonly result: R; readonly writes: readonly (Put | Removal)[] };

export type RecordQuery = {
  readonly where?: readonly Condition[];
  readonly orderBy?: { readonly field: string; readonly direction: 'asc' | 'desc' };
  readonly limit: number;
  readonly after?: string;
};

/** Typed collections over {@link Documents}, written once; what is read is checked. */
export type Records = ReturnType<typeof createRecords>;

export function createRecords(documents: Documents) {
  return {
    async get<T>(ref: RecordRef<T>): Promise<T | undefined> {
      return read(ref, await documents.get(ref));
    },

    async query<T>(collection: Collection<T>, query: RecordQuery): Promise<T[]> {
      const found = await documents.query({ collection: collection.name, ...query });
      return found.map(({ key, fields }) => check(collection, key, fields));
    },

    /** As they are stored, not checked: for who only passes their keys on. */
    find<T>(collection: Collection<T>, query: RecordQuery): Promise<Stored[]> {
      return documents.query({ collection: collection.name, ...query });
    },

    /** One transaction, one pure judge: see {@link Documents.transact}. */
    transact<const R extends Refs | readonly AnyRef[], Result>(
      refs: R,
      judge: (found: Found<R>) => Verdict<Result>,
    ): Promise<Result> {
      const named = Object.entries<AnyRef | readonly AnyRef[]>(refs as Refs);
      const flat = named.flatMap(([, ref]) => ref);
      return documents.transact(flat, fields => {
        const documentsInOrder = flat.map((ref, i) => read(ref, fields[i]));
        let next = 0;
        const found = named.map(([name, ref]) => [
          name,
          Array.isArray(ref) ? ref.map(() => documentsInOrder[next++]) : documentsInOrder[next++],
        ]);
        const shape: unknown = Array.isArray(refs) ? documentsInOrder : Object.fromEntries(found);
        return judge(shape as Found<R>);
      });
    },

    watch: documents.watch.bind(documents),
  };
}

/** A reference by the parts of its key. */
export function refTo<T, Parts extends readonly (string | number)[]>(
  collection: Collection<T, Parts>,
  ...parts: Parts
): RecordRef<T> {
  return { collection: collection.name, key: keyOf(parts), of: collection };
}

/** A reference by its key, as hints carry it. */
export function refByKey<T>(collection: Collection<T>, key: string): RecordRef<T> {
  return { collection: collection.name, key, of: collection };
}

/** Stores the document under its own key. */
export function put<T>(collection: Collection<T>, document: T): Put {
  const key = keyOf(collection.parts(document));
  return { ref: { collection: collection.name, key }, fields: check(collection, key, document) as Fields };
}

/** Deletes the document with these parts of its key, if it is there. */
export function remove<T, Parts extends readonly (string | number)[]>(
  collection: Collection<T, Parts>,
  ...parts: Parts
): Removal {
  return { ref: { collection: collection.name, key: keyOf(parts) }, fields: undefined };
}

function read<T>(ref: RecordRef<T>, fields: Fields | undefined): T | undefined {
  return fields === undefined ? undefined : check(ref.of, ref.key, fields);
}

function check<T>(collection: RecordRef<T>['of'], key: string, value: unknown): T {
  const parsed = collection.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new PermanentError(`Cannot use document "${collection.name}/${key}": ${issues}`);
}
