import { createInterface } from 'node:readline';
import { z } from 'zod';

const Aux = z.looseObject({ ID: z.string().optional(), Digest: z.string().optional() });
const Line = z.object({
  stream: z.string().optional(),
  status: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).optional(),
  aux: z.union([Aux, z.string()]).optional(),
  error: z.string().optional(),
});

/** One line of the JSON that the engine streams while it builds, pulls or pushes. */
export type Message = Omit<z.infer<typeof Line>, 'aux'> & {
  readonly aux?: z.infer<typeof Aux> | undefined;
  /** BuildKit's word about its steps: a protocol buffer in base64. */
  readonly trace?: string;
};

function readMessage(line: string): Message {
  const { aux, ...message } = Line.parse(JSON.parse(line));
  return typeof aux === 'string' ? { ...message, trace: aux } : { ...message, aux };
}

/** The engine began with 200 and reported a failure later, inside of the stream. */
export class StreamedError extends Error {
  override name = 'StreamedError';
}

/**
 * Whether the engine's words tell of something that may pass by itself: a network, a registry or a disk that is
 * not well. A command of a build that failed is not of this kind, whatever its text says.
 */
export function isPassing(message: string): boolean {
  return !COMMAND_FAILED.test(message) && PASSING.test(message);
}

/**
 * Whether the engine's words tell of a layer that it had a moment before: whoever has another image forgotten takes
 * the layers with it that nothing else names yet.
 */
export function isLostLayer(message: string): boolean {
  return !COMMAND_FAILED.test(message) && LOST_LAYER.test(message);
}

/** A command of the Dockerfile ended with another status than 0; in the words of both builders of the engine. */
const COMMAND_FAILED = /returned a non-zero code|exit code: \d+$/;

const LOST_LAYER =
  /unable to find image "sha256:|no such image: sha256:|unknown parent image|layer does not exist/i;

const PASSING =
  /dial tcp|connection (?:refused|reset)|timeout|deadline exceeded|\bEOF\b|no such host|too ?many ?requests|server misbehaving|\b50[0234]\b|service unavailable|no space left/i;

/**
 * The messages of a stream as they come.
 *
 * @throws {StreamedError} when the engine reports an error inside of the stream.
 * @throws when the stream breaks off or is aborted.
 */
export async function* readMessages(stream: NodeJS.ReadableStream): AsyncGenerator<Message> {
  let broken: Error | undefined;
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  // It hands on what becomes of the stream, also when nobody reads any more: that would end the process.
  lines.on('error', error => {
    broken ??= error;
  });
  try {
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const message = readMessage(line);
      if (message.error !== undefined) throw new StreamedError(message.error);
      yield message;
    }
  } finally {
    // The rest is read too, so that the connection is free again.
    stream.resume();
  }
  if (broken !== undefined) throw broken;
}
