import { PermanentError } from '../../../domain/permanent-error.ts';
import { bytesOf, type Http, type HttpCall, type Response } from '../../http/http.ts';

export type ReceiverAsk = {
  /** `deploy "web"`: what follows "Cannot" in a message. */
  readonly doing: string;
  readonly call: Pick<HttpCall, 'method' | 'headers' | 'body' | 'signal'>;
  /** The statuses besides 2xx that say something else than failure. */
  readonly expects: readonly number[];
};
export type Received = {
  readonly status: number;
  /** The body, trimmed. */
  readonly text: string;
  /** The same as one short line, without secrets. */
  readonly words: string;
};

/**
 * Asks the receiver about a service, once.
 *
 * @throws {PermanentError} for what somebody has to mend.
 * @throws {Error} for what may pass by itself, and what the call's signal says.
 */
export type Receiver = (workload: string, ask: ReceiverAsk) => Promise<Received>;

export type ReceiverOptions = {
  readonly http: Http;
  readonly redact: (text: string) => string;
  readonly deadline?: number;
};

const PASSING = new Set([408, 425, 429]);
const MOST_BYTES = 64 * 1024;

/**
 * A receiver's address may be a secret, as Portainer's is, so that of all addresses only the origin is ever told.
 *
 * @throws {PermanentError} for an address that is no http or https URL.
 */
export function createReceiver(address: string, options: ReceiverOptions): Receiver {
  const { http, redact, deadline = 30_000 } = options;
  const { origin } = addressFor(address, 'any');

  return async (workload, { doing, call, expects }) => {
    const url = addressFor(address, workload);
    const line = (text: string) => oneLine(redact(text));
    try {
      const response = await http({ ...call, url, deadline, limit: MOST_BYTES });
      const text = new TextDecoder().decode(await bytesOf(response)).trim();
      const received = { status: response.status, text, words: line(text) };
      if (response.ok || expects.includes(received.status)) return received;
      throw refusal(response, { doing, origin, words: received.words });
    } catch (error) {
      if (call.signal?.aborted) throw call.signal.reason;
      throw failure(error, { doing, origin, line });
    }
  };
}

function addressFor(address: string, workload: string): URL {
  const url = URL.parse(address.trim().replaceAll('{service}', encodeURIComponent(workload)));
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new PermanentError('Cannot use the address of the webhook: it is no http or https URL; correct it');
}

function refusal(
  { status }: Response,
  { doing, origin, words }: { readonly doing: string; readonly origin: string; readonly words: string },
): Error {
  const answer = `Cannot ${doing}: ${origin} answered ${status}${words === '' ? '' : ` (${words})`}`;
  if (status >= 500 || PASSING.has(status)) return new Error(`${answer}; it may work later`);
  if (status < 400) {
    return new PermanentError(`${answer}, which leads elsewhere; give the address that it leads to`);
  }
  return new PermanentError(`${answer}; correct the address or the secret, or what receives it`);
}

function failure(
  error: unknown,
  {
    doing,
    origin,
    line,
  }: { readonly doing: string; readonly origin: string; readonly line: (text: string) => string },
): unknown {
  if (!(error instanceof Error) || error.message.startsWith(`Cannot ${doing}`)) return error;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') {
    return new Error(`Cannot ${doing}: ${origin} did not answer in time; see whether it is up`);
  }
  // The client's own words name the whole address, and so does the error itself: it is not passed on as a cause.
  const reason = line(error.message.replace(/^.*?reason: /, '').replaceAll(/https?:\/\/\S+/g, origin));
  return new Error(`Cannot ${doing}: ${reason}; see whether ${origin} is up and reachable`);
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\p{C}+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
