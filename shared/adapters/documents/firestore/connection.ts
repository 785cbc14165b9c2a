import type { DocumentReference, Firestore } from '@google-cloud/firestore';
import type { Ref } from '../../../ports/documents.ts';

export type Place = {
  /** By default that of the environment or of the credentials. */
  readonly projectId?: string;
  readonly databaseId?: string;
};
type Sdk = typeof import('@google-cloud/firestore');
export type Connection = {
  readonly db: Firestore;
  readonly FieldPath: Sdk['FieldPath'];
  readonly FieldValue: Sdk['FieldValue'];
  readonly Timestamp: Sdk['Timestamp'];
};

/**
 * Loads the client when it is first needed: it takes a fifth of a second, which a function that stores nothing
 * need not wait for. An emulator is found by `FIRESTORE_EMULATOR_HOST`.
 */
export function connectLazily(place: Place) {
  let connecting: Promise<Connection> | undefined;
  const connect = (): Promise<Connection> => {
    connecting ??= open(place);
    return connecting;
  };
  const close = async (): Promise<void> => {
    if (connecting !== undefined) await (await connecting).db.terminate();
  };
  return { connect, close };
}

export function referenceOf({ db }: Connection, { collection, key }: Ref): DocumentReference {
  return db.collection(collection).doc(key);
}

/** As Firestore itself writes the path of a document. */
export function pathOf({ collection, key }: Ref): string {
  return `${collection}/${key}`;
}

async function open(place: Place): Promise<Connection> {
  const { Firestore, FieldPath, FieldValue, Timestamp } = await import('@google-cloud/firestore');
  return { db: new Firestore(place), FieldPath, FieldValue, Timestamp };
}
