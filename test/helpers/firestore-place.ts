import { randomUUID } from 'node:crypto';
import { Firestore } from '@google-cloud/firestore';
import type { ExecutionContext } from 'ava';
import {
  createFirestoreDocuments,
  type FirestoreDocuments,
} from '../../shared/adapters/documents/firestore.ts';
import type { QueryShape } from '../../shared/ports/documents.ts';
import { silentLog as log } from './silent-log.ts';

// The client would otherwise look for Google's metadata server, and warn that there is none.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

/** Documents of their own in the emulator, in a project that nobody else uses; several clients may open them. */
export function firestorePlace(t: ExecutionContext, queries: readonly QueryShape[]) {
  const projectId = `test-${randomUUID()}`;
  const open = (): FirestoreDocuments => {
    const documents = createFirestoreDocuments({ projectId, queries, log });
    t.teardown(() => documents.close());
    return documents;
  };
  /** Google's client, to see what is stored. */
  const raw = (): Firestore => {
    const firestore = new Firestore({ projectId });
    t.teardown(() => firestore.terminate());
    return firestore;
  };
  return { projectId, open, raw };
}
