import { createLines } from '../lines.ts';

/**
 * Hands on what a container writes, line by line as it comes, the two streams beside each other.
 *
 * The engine's frames: a byte for the stream, three of nothing, four for the size (big endian), the payload.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
export async function follow(stream: NodeJS.ReadableStream, output: (line: string) => void): Promise<void> {
  const streams = { out: createLines(output), error: createLines(output) };
  let header = Buffer.of();
  let left = 0;
  let to = streams.out;
  for await (const chunk of stream) {
    let rest = Buffer.from(chunk);
    while (rest.length > 0) {
      if (left === 0) {
        const missing = HEADER - header.length;
        header = Buffer.concat([header, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (header.length < HEADER) break;
        to = header[0] === STDERR ? streams.error : streams.out;
        left = header.readUInt32BE(4);
        header = Buffer.of();
      }
      const payload = rest.subarray(0, left);
      to.write(payload);
      left -= payload.length;
      rest = rest.subarray(payload.length);
    }
  }
  streams.out.end();
  streams.error.end();
}

const HEADER = 8;
const STDERR = 2;
