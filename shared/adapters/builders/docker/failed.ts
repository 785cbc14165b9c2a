import { BuildFailure } from '../../../ports/builder.ts';
import { describeFailure, refusalOf } from '../../docker/failures.ts';
import { isPassing, StreamedError } from '../../docker/messages.ts';
import type { Transcript } from './transcript.ts';

export type Attempt = {
  readonly name: string;
  /** Where the engine is, for a person. */
  readonly address: string;
  readonly transcript: Transcript;
  readonly signal: AbortSignal;
};

/** What a build's error means: the reason of an abort, a {@link BuildFailure}, or what may pass by itself. */
export function failedBuild(error: unknown, { name, address, transcript, signal }: Attempt): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof BuildFailure) return error;
  const message = messageOf(error);
  if (message === undefined) return new Error(describeFailure(error, address), { cause: error });
  const sentence = `Cannot build ${JSON.stringify(name)}: ${message}`;
  if (isPassing(message)) return new Error(sentence, { cause: error });
  return new BuildFailure([sentence, ...transcript.tail()].join('\n'), { cause: error });
}

/** What a push's error means: a person must act only where the registry knows us and will not have it. */
export function failedPush(error: unknown, { name, address, signal }: Attempt): unknown {
  if (signal.aborted) return signal.reason;
  const message = messageOf(error);
  if (message === undefined) return new Error(describeFailure(error, address), { cause: error });
  const sentence = `Cannot push ${JSON.stringify(name)}: ${message}`;
  if (!/denied|unauthorized|authentication required|no basic auth/i.test(message)) {
    return new Error(sentence, { cause: error });
  }
  return new BuildFailure(`${sentence}; check the username and password of this registry`, { cause: error });
}

/** The engine's own words, whether it refused at once or in the middle of its stream. */
function messageOf(error: unknown): string | undefined {
  return error instanceof StreamedError ? error.message.trim() : refusalOf(error)?.message;
}
