type Details = {
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly temporary: boolean;
  /** The HTTP status, where the registry answered at all. */
  readonly status?: number;
  /** The registry's own error codes, e.g. `MANIFEST_UNKNOWN`. */
  readonly codes?: readonly string[];
  /** When the registry said how long to wait: milliseconds from its answer. */
  readonly retryAfter?: number;
  /** The beginning of the registry's answer, for people. */
  readonly body?: string;
  readonly cause?: unknown;
};

/**
 * Something could not be learned from a registry, or was refused by it. Never the same as "not there".
 * The message says what was tried on what, the answer, and what to do; there is no secret in it.
 */
export class RegistryError extends Error {
  override name = 'RegistryError';
  readonly temporary: boolean;
  readonly status: number | undefined;
  readonly codes: readonly string[];
  readonly retryAfter: number | undefined;
  readonly body: string | undefined;

  constructor(message: string, { temporary, status, codes = [], retryAfter, body, cause }: Details) {
    super(message, cause === undefined ? undefined : { cause });
    this.temporary = temporary;
    this.status = status;
    this.codes = codes;
    this.retryAfter = retryAfter;
    this.body = body;
  }
}
