import { PermanentError } from '../../../domain/permanent-error.ts';
import { explainFailure, isRpcError, RPC, type RpcError } from '../../google/explain-failure.ts';
import type { Place } from './connection.ts';

const CONFLICTS: ReadonlySet<number> = new Set([
  RPC.notFound,
  RPC.alreadyExists,
  RPC.failedPrecondition,
  RPC.aborted,
]);
const NO_DATABASE = /database .*does not exist/i;
const TOO_LARGE = /longer than|too big|maximum (?:entity|allowed) size|exceeds the (?:limit|maximum)/i;

/** Whether a conditional write failed because somebody else has changed what it depends on. */
export function isConflict(error: unknown): boolean {
  return isRpcError(error) && CONFLICTS.has(error.code) && !NO_DATABASE.test(detailsOf(error));
}

/**
 * The error to throw instead: a sentence with the remedy where a person must act. What an operator can mend is no
 * `PermanentError`, so that what waits goes on by itself afterwards. `action` is a verb with its object.
 */
export function explained(error: unknown, { action, place }: { action: string; place: Place }): unknown {
  const database = place.databaseId ?? '(default)';
  const general = explainFailure(error, {
    name: 'Firestore',
    api: 'firestore.googleapis.com',
    role: 'roles/datastore.user',
    projectId: place.projectId,
  });
  if (general !== undefined) return new Error(`Cannot ${action}: ${general}`, { cause: error });
  if (!isRpcError(error)) return error;
  const details = detailsOf(error);
  if (error.code === RPC.notFound && NO_DATABASE.test(details)) {
    const advice = `there is no database "${database}", create it with Terraform or name another`;
    return new Error(`Cannot ${action}: ${advice}`, { cause: error });
  }
  if (error.code === RPC.failedPrecondition && /index/i.test(details)) {
    return new Error(`Cannot ${action}: ${indexAdvice(details)}`, { cause: error });
  }
  if (error.code !== RPC.invalidArgument) return error;
  const why = TOO_LARGE.test(details)
    ? 'it is larger than Firestore takes (a key 1,500 bytes, a document 1 MiB, a transaction 10 MiB), store less'
    : `Firestore refuses it: ${details}`;
  return new PermanentError(`Cannot ${action}: ${why}`, { cause: error });
}

/** https://firebase.google.com/docs/firestore/query-data/indexing: the message of a missing index links to its creation. */
function indexAdvice(details: string): string {
  if (/currently building|not ready/i.test(details)) return 'its index is still being built, try again later';
  const link = /https:\/\/\S+/.exec(details)?.[0];
  const where = link === undefined ? '' : `, or create it at ${link}`;
  return `Firestore has no index for it, apply the Terraform configuration${where}`;
}

function detailsOf({ details, message }: RpcError): string {
  return details ?? message;
}
