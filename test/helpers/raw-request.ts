import { type IncomingHttpHeaders, request } from 'node:http';

type Question = {
  readonly method?: string;
  /** Sent as it is: nothing is normalised or encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};
export type RawAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The codes of the errors in the body. */
  readonly codes: readonly string[];
};

export function rawRequest(
  host: string,
  { method = 'GET', path, headers, body }: Question,
): Promise<RawAnswer> {
  const [hostname, port] = host.split(':');
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  // Node frames the body of a GET or DELETE only when it is told the length.
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const call = request({ hostname, port, method, path, headers: { ...headers, ...length } }, response => {
    const chunks: Buffer[] = [];
    response.on('data', chunk => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      const body = Buffer.concat(chunks);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body, codes: codesIn(body) });
    });
  });
  call.on('error', reject);
  call.end(body);
  return promise;
}

function codesIn(body: Buffer): string[] {
  try {
    const { errors = [] } = JSON.parse(body.toString()) as { errors?: readonly { readonly code: string }[] };
    return errors.map(({ code }) => code);
  } catch {
    return [];
  }
}
