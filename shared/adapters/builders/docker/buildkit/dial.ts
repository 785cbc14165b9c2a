import type { OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type Dockerode from 'dockerode';

export type EngineCall = {
  /** Ends with a question mark where there are options. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Those of the query. */
  readonly options?: object;
  /** The body. */
  readonly file?: NodeJS.ReadableStream;
  /** Whether the connection is taken over, or a stream comes back. */
  readonly answer: 'connection' | 'stream';
  readonly signal: AbortSignal;
};

/**
 * A call that the client has no function for, or would make with a session of its own, which knows one login and no
 * secrets. @throws what the client throws.
 */
export function dial({ modem }: Dockerode, { answer, signal, ...call }: EngineCall): Promise<Duplex> {
  const how = answer === 'connection' ? { hijack: true } : { isStream: true };
  const statusCodes = { 101: true, 200: true, 500: 'server error' };
  const options = { ...call, ...how, method: 'POST', statusCodes, abortSignal: signal };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, stream) => (error === null ? resolve(stream as Duplex) : reject(error)));
  });
}
