import type { IncomingMessage, ServerResponse } from 'node:http';

export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };
type Headers = Readonly<Record<string, string | number>>;

/**
 * The registry says no; thrown anywhere, answered in the specification's words.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes
 */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Headers;

  constructor(
    status: number,
    code: string,
    { message, headers = {} }: { message: string; headers?: Headers },
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function answer({ response }: Exchange, status: number, headers: Headers = {}): void {
  response.writeHead(status, { 'Content-Length': 0, ...headers }).end();
}

/** A JSON document, or its headers alone for HEAD. */
export function answerJson(
  { request, response }: Exchange,
  value: unknown,
  { status = 200, headers = {} }: { readonly status?: number; readonly headers?: Headers } = {},
): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

export function answerRefusal(exchange: Exchange, { status, code, message, headers }: Refusal): void {
  answerJson(exchange, { errors: [{ code, message }] }, { status, headers });
}

/** The request's body as it comes. Leaving off in the middle keeps the connection, so that there can be an answer. */
export function contentOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  return request.iterator({ destroyOnReturn: false });
}
