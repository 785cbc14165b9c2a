import type { DocumentSnapshot } from '@google-cloud/firestore';
import type { Documents, Fields, QueryShape, Ref } from '../../ports/documents.ts';
import type { Log } from '../../ports/log.ts';
import { checkQuery, shapeText } from './declared-query.ts';
import { createChangeFeed } from './firestore/change-feed.ts';
import { connectLazily, type Place, pathOf, referenceOf } from './firestore/connection.ts';
import { explained } from './firestore/errors.ts';
import { createLanes } from './firestore/lanes.ts';
import { find } from './firestore/query.ts';
import { fieldsOf, Replaced } from './firestore/stored-form.ts';
import { transact } from './firestore/transact.ts';

/** A document is replaced while it is read; that often in a row only if something is broken. */
const MOST_READS = 5;

export type FirestoreDocuments = Documents & {
  /** Stops watching and closes the connection. */
  close(): Promise<void>;
};

/**
 * Documents in Firestore, of any size: what is too large for one Firestore document is stored below it, in pieces.
 *
 * Watchers are told of changes in the collections of the declared queries. A delete by another process is told
 * only if the document was stored since watching began, and what Firestore deletes after its `expireAt` only then.
 * Of a document without `expireAt` whose text is that large, a blind write leaves the old pieces behind.
 *
 * What an operator must mend is thrown as a sentence with the remedy: missing permission, index, database, project.
 */
export function createFirestoreDocuments({
  queries,
  log,
  chance = Math.random,
  now = Date.now,
  ...place
}: Place & {
  /** Every query that will be made; others are refused. */
  readonly queries: readonly QueryShape[];
  readonly log: Log;
  readonly chance?: () => number;
  /** Milliseconds since the Unix epoch. */
  readonly now?: () => number;
}): FirestoreDocuments {
  const { connect, close } = connectLazily(place);
  const collections = [...new Set(queries.map(({ collection }) => collection))];
  const lanes = createLanes();
  const feed = createChangeFeed({ connect, collections, log, now });

  return {
    get: ref =>
      explaining(`read "${pathOf(ref)}"`, async () => {
        const connection = await connect();
        return whole(await referenceOf(connection, ref).get());
      }),

    query: async query => {
      checkQuery(query, queries);
      const where = (query.where ?? []).map(({ field }) => field);
      return explaining(`query ${shapeText({ ...query, where })}`, async () => {
        const found = await find(await connect(), query);
        const all = await Promise.all(
          found.map(async snapshot => ({ snapshot, fields: await whole(snapshot) })),
        );
        return all.flatMap(({ snapshot, fields }) =>
          fields === undefined ? [] : [{ key: snapshot.id, fields }],
        );
      });
    },

    transact: (refs, judge) =>
      explaining(changing(refs), async () => {
        const connection = await connect();
        const { result, writes } = await lanes(refs.map(pathOf), () =>
          transact(connection, { refs, judge, chance }),
        );
        for (const { ref, fields } of writes) if (fields === undefined) feed.tell(ref);
        return result;
      }),

    watch: feed.watch,

    async close() {
      feed.close();
      await close();
    },
  };

  /** Reads it again where it was replaced between its reading and that of its pieces. */
  async function whole(snapshot: DocumentSnapshot): Promise<Fields | undefined> {
    const connection = await connect();
    let latest = snapshot;
    for (let reads = 1; ; reads += 1) {
      try {
        return await fieldsOf(connection, latest);
      } catch (error) {
        if (!(error instanceof Replaced) || reads === MOST_READS) throw error;
        latest = await snapshot.ref.get();
      }
    }
  }

  async function explaining<T>(action: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw explained(error, { action, place });
    }
  }
}

function changing(refs: readonly Ref[]): string {
  return refs.length === 0 ? 'store documents' : `change ${refs.map(ref => `"${pathOf(ref)}"`).join(', ')}`;
}
