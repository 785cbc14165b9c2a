import { createByteCount } from '../../docker/byte-count.ts';
import { readMessages } from '../../docker/messages.ts';
import type { Transcript } from './transcript.ts';

const STEP = /^Step (\d+)\/(\d+) : /;
/** More than any Dockerfile has; a command that prints such lines is not to fill the memory. */
const MOST = 2_000;
const MADE = /^ ---> ([0-9a-f]{12})\n?$/;

export type Followed = {
  /** Of the image. */
  readonly id: string | undefined;
  /** The beginnings of the ids of what each step made or met. */
  readonly steps: readonly string[];
};

/** Hands on what the engine tells while it builds. @throws {StreamedError} */
export async function followBuild(stream: NodeJS.ReadableStream, to: Transcript): Promise<Followed> {
  const made = new Set<string>();
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
    const [, madeId = ''] = MADE.exec(message.stream ?? '') ?? [];
    if (made.size < MOST) made.add(madeId);
    if (message.stream !== undefined) to.write(message.stream);
    const pulled = bytes(message);
    if (pulled !== undefined) to.progress('pull', pulled.done, pulled.total);
  }
  to.progress('build', steps, steps);
  return { id, steps: [...made].filter(step => step !== '') };
}
