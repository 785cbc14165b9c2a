import { z } from 'zod';
import { BLIPS, isConnectionCode, type JudgeBlip } from '../http/retries.ts';

/** The API server answered, and its answer was no. The message is its own. */
export class ApiRefusal extends Error {
  override name = 'ApiRefusal';
  readonly status: number;
  /** Milliseconds after which to ask again, where the server said so. */
  readonly after: number | undefined;

  constructor(status: number, message: string, after?: number) {
    super(message);
    this.status = status;
    this.after = after;
  }
}

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
const Status = z.object({ kind: z.literal('Status'), message: z.string() });

/** What the server says in a refusal: its Status, or as much of the body as a person wants to read. */
export function refusalText(body: string): string {
  try {
    return Status.parse(JSON.parse(body)).message;
  } catch {
    return body.trim().replaceAll(/\s+/g, ' ').slice(0, 200) || 'no reason given';
  }
}

const CURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; start the cluster, or correct the kubeconfig',
  ENOTFOUND: 'no such host; correct the kubeconfig',
  ECONNRESET: 'it hung up; look at the API server',
  TimeoutError: 'it did not answer in time; look at the API server and the network between',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time; look at the API server and the network between',
};
const ROLES = 'bind the role of infra/kubernetes to the account that headway uses';

/** A sentence for people: what the API server refused, or why it could not be asked, and what to do. */
export function describeFailure(error: unknown, address: string): string {
  const server = `Kubernetes at ${address}`;
  if (error instanceof ApiRefusal) {
    if (error.status === 403) return `${server} denies it: ${error.message}; ${ROLES}`;
    if (error.status === 401) return `${server} does not know the account; renew its credentials`;
    return `${server} refused: ${error.message}`;
  }
  // Whoever looked for the cluster has told it already.
  if (error instanceof Error && error.message.startsWith('Cannot ')) return error.message;
  if (error instanceof SyntaxError || error instanceof z.ZodError) {
    return `Cannot go on with ${server}: it answers something else than an API server does; correct its address`;
  }
  const code = codeOf(error);
  if (CURES[code] !== undefined) return `Cannot reach ${server}: ${CURES[code]}`;
  return `Cannot go on with ${server}: ${deepest(error)}`;
}

/** A refusal that stays the same until a person changes something. */
export function isFinal(error: unknown): error is ApiRefusal {
  if (!(error instanceof ApiRefusal)) return false;
  return error.status >= 400 && error.status < 500 && ![401, 408, 409, 429].includes(error.status);
}

export function isMissing(error: unknown): boolean {
  return error instanceof ApiRefusal && error.status === 404;
}

/** Nothing for what is not there; any other failure is thrown on. */
export function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

export const judgeBlip: JudgeBlip = error => {
  if (error instanceof ApiRefusal) return BLIPS.has(error.status) && { after: error.after };
  return isConnectionCode(codeOf(error)) && { after: undefined };
};

/** `fetch` wraps what really happened. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error.name === 'TimeoutError') return error.name;
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause);
}

function deepest(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : deepest(error.cause);
}
