import { stripVTControlCharacters } from 'node:util';
import type { Container } from 'dockerode';

const LINES = 5;
const SHORTEST_SECRET = 6;

/** `; it said: …`, the last lines that a container wrote, without what must not be shown; or nothing. */
export async function lastOutput(container: Container, secrets: readonly string[]): Promise<string> {
  const raw = await container.logs({ stdout: true, stderr: true, tail: LINES }).catch(() => Buffer.of());
  let text = stripVTControlCharacters(Buffer.concat([...frames(Buffer.from(raw))]).toString('utf8')).trim();
  for (const secret of secrets) {
    if (secret.length >= SHORTEST_SECRET) text = text.replaceAll(secret, '***');
  }
  return text === '' ? '' : `; it said: ${text.slice(-1_000)}`;
}

/**
 * The payloads of the engine's frames: a byte for the stream, three of nothing, four for the size, big endian.
 * https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
 */
function* frames(raw: Buffer): Generator<Buffer> {
  for (let at = 0; at + 8 <= raw.length; ) {
    const end = at + 8 + raw.readUInt32BE(at + 4);
    yield raw.subarray(at + 8, end);
    at = end;
  }
}
