import type { Duplex } from 'node:stream';

/** tar-stream's streams (streamx) keep to the protocol of Node's, though not to their types. */
export function asNodeStream(stream: object): Duplex {
  return stream as Duplex;
}
