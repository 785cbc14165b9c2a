import { readMessages } from '../../../docker/messages.ts';
import type { Followed } from '../follow-build.ts';
import type { Transcript } from '../transcript.ts';
import { format, type StatusResponse, type Vertex, type VertexLog } from './wire-formats.ts';

const Status = format<StatusResponse>('StatusResponse');
/** In characters: of a step's line that does not end, the rest is handed on as another. */
const LONGEST = 4_096;

/**
 * Hands on what BuildKit tells while it builds, each line with the number of its step: steps run side by side.
 * As `docker build --progress=plain` has it. @throws {StreamedError}
 */
export async function followTrace(stream: NodeJS.ReadableStream, to: Transcript): Promise<Followed> {
  let id: string | undefined;
  const steps = createSteps(to);
  for await (const message of readMessages(stream)) {
    id = message.aux?.ID ?? id;
    if (message.trace !== undefined) steps.told(Status.read(Buffer.from(message.trace, 'base64')));
    if (message.stream !== undefined) to.write(message.stream);
  }
  return { id, steps: [] };
}

type Step = {
  readonly number: number;
  readonly decoder: TextDecoder;
  open: string;
  begun: boolean;
  ended: boolean;
};

function createSteps(to: Transcript) {
  const steps = new Map<string, Step>();
  let done = 0;
  const stepOf = (digest: string): Step => {
    const known = steps.get(digest);
    if (known !== undefined) return known;
    const decoder = new TextDecoder();
    const step = { number: steps.size + 1, decoder, open: '', begun: false, ended: false };
    steps.set(digest, step);
    return step;
  };
  const write = ({ number }: Step, line: string) => to.write(`#${number} ${line}\n`);
  const change = (vertex: Vertex) => {
    const step = stepOf(vertex.digest);
    if (!step.begun && (vertex.started || vertex.cached)) {
      step.begun = true;
      write(step, vertex.name);
    }
    if (step.ended || !vertex.completed) return;
    step.ended = true;
    done += 1;
    if (step.open !== '') write(step, step.open);
    if (vertex.error !== '') write(step, `ERROR: ${vertex.error}`);
    else write(step, vertex.cached ? 'CACHED' : 'DONE');
  };
  const output = ({ vertex, msg }: VertexLog) => {
    const step = stepOf(vertex);
    const lines = (step.open + step.decoder.decode(msg, { stream: true })).split(/\r?\n/);
    step.open = lines.pop() ?? '';
    if (step.open.length > LONGEST) {
      lines.push(step.open);
      step.open = '';
    }
    for (const line of lines) write(step, line);
  };
  return {
    told({ vertexes, logs }: StatusResponse) {
      const { ended = [], going = [] } = Object.groupBy(vertexes, its => (its.completed ? 'ended' : 'going'));
      // A step that ends in this message has its last output in it too.
      going.forEach(change);
      logs.forEach(output);
      ended.forEach(change);
      to.progress('build', done, steps.size);
    },
  };
}
