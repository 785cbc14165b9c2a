/** The engine answered, and its answer was no. */
export type Refusal = { readonly status: number; readonly message: string };

const CURES: Readonly<Record<string, string>> = {
  ENOENT:
    'no such file; start Docker, set DOCKER_HOST, or use the builder "layers" and a target without Docker',
  EACCES: 'permission denied; run as a user of the group "docker", or set DOCKER_HOST',
  ECONNREFUSED: 'nothing listens there; start Docker, or set DOCKER_HOST',
  ENOTFOUND: 'no such host; correct DOCKER_HOST',
  ECONNRESET: 'it hung up; look at its log',
  ABORT_ERR: 'it did not answer in time; look at its log',
};

/** A sentence for people: what the engine refused, or why it could not be asked and what to do. */
export function describeFailure(error: unknown, address: string): string {
  const refusal = refusalOf(error);
  if (refusal !== undefined) return `Docker at ${address} refused: ${refusal.message}`;
  const cure = CURES[codeOf(error)];
  if (cure !== undefined) return `Cannot reach Docker at ${address}: ${cure}`;
  return `Cannot go on with Docker at ${address}: ${error instanceof Error ? error.message : String(error)}`;
}

/** What the client puts before an answer that it did not read. */
const CLIENT_WORDS = /^\(HTTP code \d+\) (?:[\w ]+ - )?/;

/** The engine's own answer inside the client's error, if it gave one. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') {
    return undefined;
  }
  const body = 'json' in error ? error.json : undefined;
  const message =
    typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : error.message;
  return { status: error.statusCode, message: message.replace(CLIENT_WORDS, '').trim() };
}

/** Whether the engine said that there is no such thing. */
export function isMissing(error: unknown): boolean {
  return refusalOf(error)?.status === 404;
}

/** Runs what may find nothing: `undefined` for the engine's 404. */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A missing file counts only where it is the socket: the build context has files too. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'ABORT_ERR';
  const code = 'code' in error ? String(error.code) : '';
  const connecting = 'syscall' in error && error.syscall === 'connect';
  return connecting || !['ENOENT', 'EACCES'].includes(code) ? code : '';
}
