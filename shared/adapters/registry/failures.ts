import { RegistryError } from '../../ports/registry-error.ts';
import { bytesOf, type Response } from '../http/http.ts';
import { isConnectionCode, retryAfterOf } from '../http/retries.ts';
import { redactUrl } from './redaction.ts';

/** What is being tried, for the message: `Cannot look up "ghcr.io/acme/web:prod": ...`. */
export type Doing = {
  readonly action: string;
  readonly object: string;
  readonly signal?: AbortSignal | undefined;
};

const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const BODY_LIMIT = 1_000;

/** The error that an unexpected answer means, with the registry's own words. Reads the body. */
export async function refusal({ action, object }: Doing, response: Response): Promise<RegistryError> {
  const { status } = response;
  const body = new TextDecoder().decode(await bytesOf(response).catch(() => new Uint8Array()));
  const said = errorsIn(body);
  const words = said.map(({ code, message }) => [code, message].filter(Boolean).join(': ')).join('; ');
  const url = redactUrl(new URL(response.url));
  const answer = `${url} answered ${status}${words === '' ? '' : ` (${printable(words, 300)})`}`;
  const retryAfter = retryAfterOf(response.headers);
  return new RegistryError(`Cannot ${action} "${object}": ${answer}${advice(status)}`, {
    temporary: PASSING.has(status),
    status,
    codes: said.map(({ code }) => code).filter(code => code !== ''),
    ...(retryAfter !== undefined && { retryAfter }),
    body: printable(body, BODY_LIMIT),
  });
}

/** The whole body. @throws {RegistryError} when it ends too early, too late or never. */
export async function documentOf(doing: Doing, response: Response): Promise<Uint8Array> {
  return await bytesOf(response).catch(error => {
    throw failure(doing, error);
  });
}

/** The error that a failed call means: the caller's own signal, the connection, the deadline, a certificate. */
export function failure({ action, object, signal }: Doing, error: unknown): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof RegistryError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (isTimeout(error)) {
    const message = `Cannot ${action} "${object}": the registry did not answer in time; see whether it is up`;
    return new RegistryError(message, { temporary: true, cause: error });
  }
  if (error.name !== 'FetchError' && !isConnectionCode(code)) return error;
  const temporary = /^(?:E[A-Z]+|EAI_AGAIN|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) && code !== 'EPROTO';
  const reason = printable(error.message.replace(/^request to \S+ failed, reason: /, ''), 300);
  const message = `Cannot ${action} "${object}": ${reason || code}; see whether the registry is up and reachable`;
  return new RegistryError(message, { temporary, cause: error, ...(code !== '' && { codes: [code] }) });
}

/** The errors of the specification's JSON body; none when the body is something else. */
export function errorsIn(body: string): { readonly code: string; readonly message: string }[] {
  try {
    const { errors } = JSON.parse(body) as { errors?: unknown };
    if (!Array.isArray(errors)) return [];
    return errors.map((error: { code?: unknown; message?: unknown } | null) => ({
      code: typeof error?.code === 'string' ? error.code : '',
      message: typeof error?.message === 'string' ? error.message : '',
    }));
  } catch {
    return [];
  }
}

function isTimeout(error: Error): boolean {
  return error.name === 'TimeoutError' || error.name === 'AbortError';
}

function advice(status: number): string {
  if (status === 401) return '; check the user name and password for this registry';
  if (status === 403) return '; check what this user may do in the registry';
  if (PASSING.has(status)) return '; it may work later';
  return '';
}

/** One line of at most so many characters, without control characters. */
function printable(text: string, limit: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}
