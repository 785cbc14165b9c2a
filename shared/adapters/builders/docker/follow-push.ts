import { type Digest, isDigest } from '../../../domain/names/digest.ts';
import { createByteCount } from '../../docker/byte-count.ts';
import { readMessages } from '../../docker/messages.ts';
import type { Transcript } from './transcript.ts';

/** Hands on what the engine tells while it pushes. Resolves with the digest, if it told. @throws {StreamedError} */
export async function followPush(stream: NodeJS.ReadableStream, to: Transcript): Promise<Digest | undefined> {
  const bytes = createByteCount();
  let digest: Digest | undefined;
  for await (const message of readMessages(stream)) {
    const told = message.aux?.Digest;
    if (told !== undefined && isDigest(told)) digest = told;
    const pushed = bytes(message);
    if (pushed !== undefined) to.progress('push', pushed.done, pushed.total);
    else if (message.id === undefined && message.status) to.write(`${message.status}\n`);
  }
  return digest;
}
