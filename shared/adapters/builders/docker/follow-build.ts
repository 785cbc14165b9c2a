import { createByteCount } from '../../docker/byte-count.ts';
import { readMessages } from '../../docker/messages.ts';
import type { Transcript } from './transcript.ts';

const STEP = /^Step (\d+)\/(\d+) : /;

/** Hands on what the engine tells while it builds. Resolves with the id of the image. @throws {StreamedError} */
export async function followBuild(
  stream: NodeJS.ReadableStream,
  to: Transcript,
): Promise<string | undefined> {
  const bytes = createByteCount();
  let id: string | undefined;
  let steps = 0;
  for await (const message of readMessages(stream)) {
    id = message.aux?.ID ?? id;
    const [, step, total] = STEP.exec(message.stream ?? '') ?? [];
    if (step !== undefined && total !== undefined) {
      steps = Number(total);
      to.progress('build', Number(step) - 1, steps);
    }
    if (message.stream !== undefined) to.write(message.stream);
    const pulled = bytes(message);
    if (pulled !== undefined) to.progress('pull', pulled.done, pulled.total);
  }
  to.progress('build', steps, steps);
  return id;
}
