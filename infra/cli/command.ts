/** A command of `headway`. */
export type Command = {
  readonly name: string;
  /** Its words after the name: `SERVICE [--json]`. */
  readonly words: string;
  /** One line. */
  readonly summary: string;
  /** Each option and what it does. */
  readonly options: readonly (readonly [option: string, meaning: string])[];
  /** Gives the exit code. */
  run(words: readonly string[]): Promise<number>;
};

export const exitCodes = {
  done: 0,
  /** It could not be done; a sentence says why. */
  failed: 1,
  /** The words could not be understood. */
  usage: 2,
  /** No headway answers there. */
  unreachable: 3,
  /** What was asked about is not as it should be: a service does not run what it should. */
  amiss: 4,
} as const;

export class CommandError extends Error {
  override name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The words after `headway` make no sense together. */
export class UsageError extends Error {
  override name = 'UsageError';
}
