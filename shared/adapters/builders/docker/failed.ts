import { BuildFailure, type BuildOrder } from '../../../ports/builder.ts';
import { describeFailure, refusalOf } from '../../docker/failures.ts';
import { isPassing, StreamedError } from '../../docker/messages.ts';
import type { Transcript } from './transcript.ts';

export type Attempt = {
  readonly name: string;
  readonly order: BuildOrder;
  /** Where the engine is, for a person. */
  readonly address: string;
  readonly transcript: Transcript;
  readonly signal: AbortSignal;
};

/** What a build's error means: the reason of an abort, a {@link BuildFailure}, or what may pass by itself. */
export function failedBuild(error: unknown, { name, order, address, transcript, signal }: Attempt): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof BuildFailure) return error;
  const message = messageOf(error);
  if (message === undefined) return new Error(describeFailure(error, address), { cause: error });
  const sentence = `Cannot build ${JSON.stringify(name)}: ${message}`;
  if (isPassing(message)) return new Error(sentence, { cause: error });
  return new BuildFailure([`${sentence}${hint(message, order)}`, ...transcript.tail()].join('\n'), {
    cause: error,
  });
}

/** What a push's error means: a person must act only where the registry knows us and will not have it. */
export function failedPush(error: unknown, { name, address, signal }: Attempt): unknown {
  if (signal.aborted) return signal.reason;
  const message = messageOf(error);
  if (message === undefined) return new Error(describeFailure(error, address), { cause: error });
  const sentence = `Cannot push ${JSON.stringify(name)}: ${message}`;
  const cure = REFUSED_PUSHES.find(([words]) => words.test(message))?.[1];
  return cure === undefined
    ? new Error(sentence, { cause: error })
    : new BuildFailure(`${sentence}; ${cure}`, { cause: error });
}

/** What no repeat will mend, and what will. Distribution's own words for an answer that it cannot read are among them. */
const REFUSED_PUSHES: readonly (readonly [RegExp, string])[] = [
  [
    /denied|unauthorized|authentication required|no basic auth|forbidden|\bHTTP(?: status:?)? 40[13]\b|\b40[13] (?:Unauthorized|Forbidden)/i,
    'check the username and password of this registry',
  ],
  [/\b413\b|too large/i, 'let this registry, or the proxy before it, take larger requests'],
  [/manifest invalid|name invalid|unsupported/i, 'this registry does not take such images, or such a name'],
];

/** 128 and SIGKILL: a shell's word for a command that was killed. */
function hint(message: string, { limits }: BuildOrder): string {
  if (!/(?:returned a non-zero code|exit code): 137$/.test(message)) return '';
  return limits?.memory === undefined
    ? ' (it was killed)'
    : ` (it was killed, for its memory if it needs more than ${limits.memory})`;
}

/** The engine's own words, whether it refused at once or in the middle of its stream. */
function messageOf(error: unknown): string | undefined {
  return error instanceof StreamedError ? error.message.trim() : refusalOf(error)?.message;
}
