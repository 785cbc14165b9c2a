import { createFirestoreDocuments } from '../../shared/adapters/documents/firestore.ts';
import { openSqliteDocuments } from '../../shared/adapters/documents/sqlite.ts';
import { PermanentError } from '../../shared/domain/permanent-error.ts';
import type { Documents } from '../../shared/ports/documents.ts';
import type { Log } from '../../shared/ports/log.ts';
import { queries } from '../../shared/records/queries.ts';
import { projectFrom } from '../../shared/runtime/project.ts';
import { openStateFolder } from '../local/state-folder.ts';

type Where = {
  /** `HEADWAY_PROJECT` or `GOOGLE_CLOUD_PROJECT` names the project, `HEADWAY_DATABASE` its Firestore database. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The state folder of one machine, which goes before a project. */
  readonly state?: string | undefined;
  readonly log: Log;
};

export type OpenedDocuments = {
  readonly documents: Documents;
  /** Where they are, for people: `project acme`. */
  readonly place: string;
  close(): Promise<void>;
};

/** The documents of a Google Cloud project, or of a state folder. @throws {PermanentError} when neither is named. */
export function documentsFromEnvironment({ environment, state, log }: Where): OpenedDocuments {
  if (state !== undefined) {
    const { path, database } = openStateFolder(state);
    return opened(openSqliteDocuments({ path: database, queries }), `state folder ${path}`);
  }
  const projectId = projectFrom(environment);
  if (projectId === undefined) {
    throw new PermanentError(
      'Cannot tell where headway keeps its documents: set GOOGLE_CLOUD_PROJECT, or name --project or --state',
    );
  }
  const databaseId = environment['HEADWAY_DATABASE'];
  const place = { projectId, ...(databaseId !== undefined && databaseId !== '' && { databaseId }) };
  return opened(createFirestoreDocuments({ ...place, queries, log }), `project ${projectId}`);
}

function opened(documents: Documents & { close(): Promise<void> }, place: string): OpenedDocuments {
  return { documents, place, close: () => documents.close() };
}
