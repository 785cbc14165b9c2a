import type { QuerySnapshot } from '@google-cloud/firestore';
import type { Ref, Watcher } from '../../../ports/documents.ts';
import type { Log } from '../../../ports/log.ts';
import type { Connection } from './connection.ts';
import { STORED } from './stored-names.ts';

/** More than our clock and Firestore's are ever apart. */
const SKEW_MS = 10_000;
/** After an error that the client does not mend by itself. */
const AGAIN_AFTER_MS = 10_000;

export type ChangeFeed = {
  watch(watcher: Watcher): () => void;
  /** Tells of a change of our own, which the listeners may not see. */
  tell(ref: Ref): void;
  close(): void;
};

type Feeding = {
  readonly connect: () => Promise<Connection>;
  readonly collections: readonly string[];
  readonly log: Log;
  readonly now: () => number;
};

/**
 * Listens to what is stored from now on, and only while somebody watches: a listener to a whole collection would
 * first read, and pay for, every document in it.
 */
export function createChangeFeed({ connect, collections, log, now }: Feeding): ChangeFeed {
  const watchers = new Set<{ readonly tell: Watcher }>();
  let stop: (() => void) | undefined;

  return {
    watch(tell) {
      const watcher = { tell };
      watchers.add(watcher);
      stop ??= listen();
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) end();
      };
    },
    tell,
    close() {
      watchers.clear();
      end();
    },
  };

  function tell(ref: Ref): void {
    for (const watcher of watchers) watcher.tell(ref);
  }

  function end(): void {
    stop?.();
    stop = undefined;
  }

  function listen(): () => void {
    const ended = new AbortController();
    const since = now() - SKEW_MS;
    for (const collection of collections) listenTo(collection, { since, signal: ended.signal });
    return () => ended.abort();
  }

  function listenTo(
    collection: string,
    { since, signal }: { readonly since: number; readonly signal: AbortSignal },
  ): void {
    connect().then(subscribe).catch(again);

    function subscribe({ db, Timestamp }: Connection): void {
      if (signal.aborted) return;
      const unsubscribe = db
        .collection(collection)
        .where(STORED.changedAt, '>=', Timestamp.fromMillis(since))
        .select(STORED.changedAt)
        .onSnapshot(tellAll, again);
      signal.addEventListener('abort', unsubscribe);
    }

    function tellAll(snapshot: QuerySnapshot): void {
      for (const { doc } of snapshot.docChanges()) tell({ collection, key: doc.id });
    }

    function again(error: unknown): void {
      if (signal.aborted) return;
      log.error('Watching documents failed, it begins again', { collection, error });
      const timer = setTimeout(() => listenTo(collection, { since, signal }), AGAIN_AFTER_MS);
      signal.addEventListener('abort', () => clearTimeout(timer));
    }
  }
}
