import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { PermanentError } from '../domain/permanent-error.ts';

/**
 * Starts to listen. Returns the address as a URL, with the port that was taken.
 *
 * @throws {PermanentError} when that is not possible, saying what to do.
 */
export function listenOn(server: Server, { host, port }: { host: string; port: number }): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const name = isIPv6(host) ? `[${host}]` : host;
  const failed = (error: NodeJS.ErrnoException) => {
    const why = REASONS.get(error.code ?? '') ?? `${error.code ?? 'unknown error'}; set HOST and PORT`;
    reject(new PermanentError(`Cannot listen on ${name}:${port}: ${why}`, { cause: error }));
  };
  server.once('error', failed);
  promise.catch(() => {}).finally(() => server.off('error', failed));
  try {
    server.listen({ host, port }, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${name}:${taken}`);
    });
  } catch (error) {
    // An impossible port is thrown at once.
    failed(error instanceof Error ? error : new Error(String(error)));
  }
  return promise;
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'the port is in use; stop the other program or set PORT'],
  ['EACCES', 'this user may not use the port; set PORT to one above 1023'],
  ['EPERM', 'this user may not use the port; set PORT to one above 1023'],
  ['EADDRNOTAVAIL', 'this machine has no such address; set HOST to one that it has'],
  ['ENOTFOUND', 'no such host name is known; set HOST to an address of this machine'],
  ['ERR_SOCKET_BAD_PORT', 'there is no such port; set PORT to one from 1 to 65535'],
]);
