import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Counter = {
  /** The counter's own host with port, to be used in place of the registry's. */
  readonly host: string;
  /** How many requests came since the last call. */
  taken(): number;
  close(): void;
};

/**
 * Stands before an HTTP server on loopback, passes everything on unchanged, and counts the requests; those beyond
 * `allow`, if given, it answers 429, with a minute to wait.
 */
export async function countRequests(
  target: string,
  { allow = Number.POSITIVE_INFINITY }: { readonly allow?: number } = {},
): Promise<Counter> {
  const { hostname, port } = new URL(`http://${target}`);
  let count = 0;
  const server = createServer((incoming, answer) => {
    count += 1;
    if (count > allow) {
      answer.writeHead(429, { 'retry-after': '60' }).end();
      return;
    }
    const { method, url: path, headers } = incoming;
    const outgoing = request({ hostname, port, method, path, headers }, response => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken() {
      const taken = count;
      count = 0;
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
