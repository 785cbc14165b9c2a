import { once } from 'node:events';
import { connect } from 'node:net';

/**
 * Sends bytes over a connection of its own and gives back whatever comes until the other side closes it. With
 * `end` it says that nothing more will come; with `hangUp` it is gone once everything is sent.
 */
export async function rawExchange(
  url: string,
  pieces: readonly (string | Uint8Array)[],
  { end = false, hangUp = false }: { readonly end?: boolean; readonly hangUp?: boolean } = {},
): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on('data', chunk => received.push(chunk)).on('error', () => {});
  await once(socket, 'connect');
  for (const piece of pieces) {
    if (!socket.writable) break;
    await new Promise<void>(resolve => socket.write(piece, () => resolve()));
  }
  if (end) socket.end();
  if (hangUp) socket.destroy();
  if (!socket.closed) await once(socket, 'close');
  return Buffer.concat(received).toString('latin1');
}

/** The status of each answer in what came. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
}
