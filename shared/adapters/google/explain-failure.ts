/** A Google API in the words that its set-up uses. */
export type Service = {
  readonly name: string;
  readonly api: string;
  /** The role that is enough for what headway does. */
  readonly role: string;
  readonly projectId: string | undefined;
};

/** What Google's clients throw; the codes are gRPC's own: https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export type RpcError = Error & { readonly code: number; readonly details?: string };

export const RPC = {
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  failedPrecondition: 9,
  aborted: 10,
  unauthenticated: 16,
} as const;

export function isRpcError(error: unknown): error is RpcError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}

/**
 * Why a person must act before the service answers, and how, as the end of a sentence: no credentials, none for
 * this, the API switched off, another project. Nothing for any other failure.
 */
export function explainFailure(error: unknown, service: Service): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (/default credentials/i.test(error.message)) {
    return 'no credentials were found, run it with a service account, or "gcloud auth application-default login" first';
  }
  if (/detect a project id/i.test(error.message)) {
    return 'no project is named, set GOOGLE_CLOUD_PROJECT';
  }
  if (!isRpcError(error)) return undefined;
  const project = service.projectId === undefined ? 'the project' : `project "${service.projectId}"`;
  const details = error.details ?? error.message;
  if (error.code === RPC.unauthenticated) {
    return `Google refused the credentials, renew them or run it with a service account of ${project}`;
  }
  if (error.code !== RPC.permissionDenied) return undefined;
  if (/has not been used|is disabled|SERVICE_DISABLED/i.test(details)) {
    return `${service.name} is switched off in ${project}, enable ${service.api}`;
  }
  return `this account may not use ${service.name} in ${project}, check the project's name or grant the account ${service.role}`;
}
